/* SPDX-License-Identifier: MIT */
/* The text screen of a VGA: 80 by 25 cells at 0xb8000. */
#include <public/xen.h>
#include <xen/console.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/param.h>
#include <xen/serial.h>
#include <asm/cpu.h>
#include <asm/page.h>

#define SCREEN     0xb8000UL
#define COLUMNS    80U
#define LINES      25U
#define ATTRIBUTE  0x0700
#define CRTC_INDEX 0x3d4
#define CRTC_DATA  0x3d5

static volatile uint16_t *cells;
static unsigned int column;
static bool present, keep;
static char opt_vga[32] __initdata;
PARAM_STR("vga", opt_vga);

static void scroll(void)
{
    for (unsigned int i = 0; i < COLUMNS * (LINES - 1); i++)
        cells[i] = cells[i + COLUMNS];
    for (unsigned int i = 0; i < COLUMNS; i++)
        cells[COLUMNS * (LINES - 1) + i] = ATTRIBUTE | ' ';
    column = 0;
}

/* All text enters at the last line. */
static void put_char(char c)
{
    if (c == '\n' || column == COLUMNS)
        scroll();
    if (c != '\n' && c != '\r')
        cells[COLUMNS * (LINES - 1) + column++] = (uint16_t)(ATTRIBUTE | (uint8_t)c);
}

static void vga_write(const char *s, size_t len)
{
    for (size_t i = 0; cells && i < len; i++)
        put_char(s[i]);
}

static struct console_sink vga_sink = {.name = "vga", .write = vga_write};

/* Is there memory, and a colour CRT controller with a register that keeps what is written? */
static bool __init probe(void)
{
    uint16_t old = cells[0];
    bool ok;

    cells[0] = 0x5aa5;
    ok = cells[0] == 0x5aa5;
    cells[0] = old;
    if (!ok)
        return false;
    outb(0x0f, CRTC_INDEX);
    return inb(CRTC_INDEX) == 0x0f;
}

void __init vga_init(void)
{
    cells = maddr_to_virt(SCREEN);
    if (!probe()) {
        cells = NULL;
        return;
    }
    present = true;
    keep = strstr(opt_vga, "keep");
    console_register(&vga_sink);
}

void __init vga_unmap(void)
{
    cells = NULL;
}

void __init vga_map(void)
{
    if (present)
        cells = ioremap(SCREEN, COLUMNS * LINES * sizeof(*cells));
}

void vga_hand_over(void)
{
    if (!keep)
        vga_sink.enabled = false;
}

static uint8_t crtc_read(uint8_t index)
{
    outb(index, CRTC_INDEX);
    return inb(CRTC_DATA);
}

bool vga_describe(struct dom0_vga_console_info *info)
{
    unsigned int cursor;

    if (!present)
        return false;
    cursor = (unsigned int)crtc_read(0x0e) << 8 | crtc_read(0x0f);
    memset(info, 0, sizeof(*info));
    info->video_type = XEN_VGATYPE_TEXT_MODE_3;
    info->u.text_mode_3.font_height = (crtc_read(0x09) & 0x1f) + 1;
    info->u.text_mode_3.cursor_x = cursor % COLUMNS;
    info->u.text_mode_3.cursor_y = min(cursor / COLUMNS, LINES - 1);
    info->u.text_mode_3.rows = LINES;
    info->u.text_mode_3.columns = COLUMNS;
    return true;
}
