/* SPDX-License-Identifier: MIT */
/* The rules of page tables: no writable mapping of one, no foreign frames, types and pins. */
#include <smoke/smoke.h>

static uint8_t *page_a, *page_b;

static void touch(void *p)
{
    *(volatile uint8_t *)p = 1;
}

static void plain(void)
{
    uint64_t ma = machine_of_pte(page_a);

    page_a[7] = 0x77;
    WANT("map another frame", map_va(page_b, pte_of(page_a, PTE_RW)), 0);
    WANT("it is the other frame", page_b[7], 0x77);
    WANT("unmap", map_va(page_b, 0), 0);
    WANT("it is gone", trap_try(touch, page_b), 14);
    WANT("read-only", mmu_update(machine_of_pte(page_b), pte_of(page_b, PTE_RO)), 0);
    mmuext(MMUEXT_INVLPG_LOCAL, (unsigned long)page_b, 0);
    WANT("no write", trap_try(touch, page_b), 14);
    WANT("writable by mmu_update", mmu_update(machine_of_pte(page_b), pte_of(page_b, PTE_RW)), 0);
    mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0);
    WANT("write", trap_try(touch, page_b), -1);
    WANT("preserve AD", mmu_update(ma | MMU_PT_UPDATE_PRESERVE_AD, pte_of(page_a, PTE_RW & ~PTE_D)),
         0);
    REFUSED("mmu_update command 3", mmu_update(ma | 3, pte_of(page_a, PTE_RW) | (1UL << 51)));
    page_b[0] = 1;
    WANT("update of a data page", mmu_update(virt_to_mfn(page_b) << PAGE_SHIFT, 0), 0);
    WANT("is a plain write", page_b[0], 0);
    REFUSED("update of a foreign frame", mmu_update(0x100000, 0));
    REFUSED("update of no frame", mmu_update(0xffffffffff000UL, 0));
    WANT("M2P update",
         mmu_update((virt_to_mfn(page_b) << PAGE_SHIFT) | MMU_MACHPHYS_UPDATE, virt_to_pfn(page_b)),
         0);
    REFUSED("M2P update of a foreign frame", mmu_update(0x100000 | MMU_MACHPHYS_UPDATE, 5));
}

static void refused(void)
{
    unsigned int idx;
    void *l1 = walk(page_a, 1, &idx), *l4 = walk(page_a, 4, &idx);
    uint64_t saved = ((uint64_t *)l4)[300], l4_ma = virt_to_mfn(l4) << PAGE_SHIFT;

    REFUSED("an L1 table writable", map_va(page_b, pte_of(l1, PTE_RW)));
    REFUSED("the root table writable", map_va(page_b, pte_of(l4, PTE_RW)));
    WANT("an L1 table read-only", map_va(page_b, pte_of(l1, PTE_RO)), 0);
    REFUSED("it becomes writable", mmu_update(machine_of_pte(page_b), pte_of(l1, PTE_RW)));
    WANT("undo", map_va(page_b, pte_of(page_b, PTE_RW)), 0);
    REFUSED("frame 0", map_va(page_b, 0 | PTE_RW));
    REFUSED("frame 256 (1 MiB)", map_va(page_b, 0x100000 | PTE_RW));
    REFUSED("a frame beyond memory", map_va(page_b, 0xfff00000000UL | PTE_RW));
    REFUSED("reserved bits", map_va(page_b, pte_of(page_a, PTE_RW) | (1UL << 51)));
    REFUSED("the local APIC", map_va(page_b, 0xfee00000 | PTE_RW));
    REFUSED("update of a hypervisor address",
            map_va((void *)(HYPERVISOR_VIRT_START + 4096), pte_of(page_a, PTE_RW)));
    REFUSED("a hypervisor slot of the root", mmu_update(l4_ma + 256 * 8, 0));
    REFUSED("slot 262", mmu_update(l4_ma + 262 * 8, pte_of(page_a, PTE_RO)));
    REFUSED("a data page as L3", mmu_update(l4_ma + 300 * 8, pte_of(page_a, PTE_RW)));
    WANT("slot 300 is unchanged", ((uint64_t *)l4)[300], saved);
    if (map_va(page_b, (virt_to_mfn(page_a) << PAGE_SHIFT) | PTE_RW | PTE_PS) < 0)
        skipped("PAT bit of an L1 entry is refused", 0);
    map_va(page_b, pte_of(page_b, PTE_RW));
}

static void linear(void)
{
    unsigned int idx;
    void *l4 = walk(page_a, 4, &idx);
    uint64_t ma = (virt_to_mfn(l4) << PAGE_SHIFT) + 300 * 8;
    uint64_t l2_ma;
    void *l2 = walk(page_a, 2, &idx);

    REFUSED("a writable recursive slot", mmu_update(ma, pte_of(l4, PTE_RW)));
    if (mmu_update(ma, pte_of(l4, PTE_RO)) == 0)
        WANT("undo", mmu_update(ma, 0), 0);
    l2_ma = (virt_to_mfn(l2) << PAGE_SHIFT) + 511 * 8;
    REFUSED("a superpage", mmu_update(l2_ma, pte_of(page_a, PTE_RW | PTE_PS)));
}

void test_tables(void)
{
    page_a = page_alloc();
    page_b = page_alloc();
    plain();
    refused();
    linear();
}

static void pin_l1(void)
{
    uint64_t *t = page_alloc();
    unsigned long mfn = virt_to_mfn(t);

    REFUSED("a pin of a writable page", mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0));
    t[0] = 0x100000 | PTE_RW; /* somebody else's frame */
    make_readonly(t);
    REFUSED("a pin with a foreign frame", mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0));
    WANT("writable again", make_writable(t), 0);
    t[0] = pte_of(t, PTE_RW); /* itself */
    make_readonly(t);
    REFUSED("a pin with a writable self map", mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0));
    make_writable(t);
    t[0] = pte_of(page_a, PTE_RW);
    t[511] = pte_of(t, PTE_RO);
    make_readonly(t);
    WANT("pin L1", mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0), 0);
    REFUSED("a second pin", mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0));
    REFUSED("a pin as L2", mmuext(MMUEXT_PIN_L2_TABLE, mfn, 0));
    REFUSED("writable while pinned", make_writable(t));
    WANT("update in it", mmu_update((mfn << PAGE_SHIFT) + 8, pte_of(page_b, PTE_RW)), 0);
    WANT("it is there", t[1] & ~PTE_G, pte_of(page_b, PTE_RW));
    REFUSED("writable map of the table in itself",
            mmu_update((mfn << PAGE_SHIFT) + 16, pte_of(t, PTE_RW)));
    WANT("unpin", mmuext(MMUEXT_UNPIN_TABLE, mfn, 0), 0);
    REFUSED("a second unpin", mmuext(MMUEXT_UNPIN_TABLE, mfn, 0));
    WANT("a data page again", make_writable(t), 0);
    t[0] = 5;
}

static void new_root(void)
{
    unsigned int idx, i;
    uint64_t *root = walk(page_a, 4, &idx), *copy = page_alloc();

    memcpy(copy, root, PAGE_SIZE);
    for (i = 256; i < 272; i++)
        copy[i] = 0;
    make_readonly(copy);
    WANT("pin L4", mmuext(MMUEXT_PIN_L4_TABLE, virt_to_mfn(copy), 0), 0);
    WANT("new base pointer", mmuext(MMUEXT_NEW_BASEPTR, virt_to_mfn(copy), 0), 0);
    page_a[1] = 5;
    WANT_TRUE("the M2P is there", mfn_to_virt(virt_to_mfn(page_a)) == page_a);
    REFUSED("unmap of the running root's page writable", make_writable(copy));
    WANT("back", mmuext(MMUEXT_NEW_BASEPTR, virt_to_mfn(root), 0), 0);
    REFUSED("a data page as root", mmuext(MMUEXT_NEW_BASEPTR, virt_to_mfn(page_b), 0));
    REFUSED("frame 0 as root", mmuext(MMUEXT_NEW_BASEPTR, 0, 0));
    WANT("unpin", mmuext(MMUEXT_UNPIN_TABLE, virt_to_mfn(copy), 0), 0);
    WANT("a data page again", make_writable(copy), 0);
}

static void others(void)
{
    unsigned int idx;
    void *l1 = walk(page_a, 1, &idx);

    WANT("flush", mmuext(MMUEXT_TLB_FLUSH_ALL, 0, 0), 0);
    WANT("invlpg all", mmuext(MMUEXT_INVLPG_ALL, (unsigned long)page_a, 0), 0);
    page_a[9] = 9;
    WANT("copy page", mmuext(MMUEXT_COPY_PAGE, virt_to_mfn(page_b), virt_to_mfn(page_a)), 0);
    WANT("is copied", page_b[9], 9);
    WANT("clear page", mmuext(MMUEXT_CLEAR_PAGE, virt_to_mfn(page_b), 0), 0);
    WANT("is clear", page_b[9], 0);
    REFUSED("clear a page table", mmuext(MMUEXT_CLEAR_PAGE, virt_to_mfn(l1), 0));
    REFUSED("copy over a page table",
            mmuext(MMUEXT_COPY_PAGE, virt_to_mfn(l1), virt_to_mfn(page_a)));
    REFUSED("copy from a foreign page", mmuext(MMUEXT_COPY_PAGE, virt_to_mfn(page_b), 0x100));
    REFUSED("command 77", mmuext(77, 0, 0));
    REFUSED("pin of no frame", mmuext(MMUEXT_PIN_L1_TABLE, ~0UL, 0));
    REFUSED("unpin of no frame", mmuext(MMUEXT_UNPIN_TABLE, ~0UL, 0));
    REFUSED("LDT at an odd address", mmuext(MMUEXT_SET_LDT, (unsigned long)page_a + 1, 5));
}

void test_pins(void)
{
    page_a = page_alloc();
    page_b = page_alloc();
    pin_l1();
    new_root();
    others();
}
