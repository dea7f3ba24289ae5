/* SPDX-License-Identifier: MIT */
/* xl.cfg to libxl's structure, without a hypervisor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../xl.h"

libxl_ctx *ctx;
struct settings settings;

/* The host of the tests has four nodes and eight CPUs. */
libxl_numainfo *libxl_get_numainfo(libxl_ctx *c, int *nr)
{
    (void)c;
    *nr = 4;
    return calloc(4, sizeof(libxl_numainfo));
}

int libxl_cpu_bitmap_alloc(libxl_ctx *c, libxl_bitmap *map, int nr)
{
    (void)c;
    return libxl_bitmap_alloc(NULL, map, nr ? nr : 8);
}

int libxl_get_online_cpus(libxl_ctx *c)
{
    (void)c;
    return 8;
}

#define BASE "name='a'\nmemory=64\nkernel='/k'\n"

static void parse(const char *text, libxl_domain_config *d)
{
    char *copy = strdup(text);
    struct config_source src = {.name = "test", .text = copy, .len = (int)strlen(copy)};

    libxl_domain_config_init(d);
    config_parse(&src, d);
    free(copy);
}

/* The exit status of a program that reads this; 0: it is all right. */
static int status_of(const char *text)
{
    libxl_domain_config d;
    int status;
    pid_t pid = fork();

    if (!pid) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(99);
        parse(text, &d);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WEXITSTATUS(status);
}

static void devices_are_read(void **state)
{
    libxl_domain_config d;

    (void)state;
    parse(BASE
          "channel=['path=/c, connection=socket,name=org.x', 'connection=pty,name=p,backend=dd']\n"
          "vkb=['backend-type=linux,unique-id=u,width=800']\n"
          "vtpm=['backend=t,uuid=00112233-4455-6677-8899-aabbccddeeff']\n"
          "p9=['tag=t,path=/p,security_model=none']\n"
          "usbctrl=['version=3,ports=4,type=pv']\n"
          "usbdev=['hostbus=1,hostaddr=200,controller=0,port=2']\n"
          "vdispl=['be-alloc=1,connectors=a:1920x1080;b:800x600']\n"
          "dtdev=['/soc/eth@0']\n",
          &d);
    assert_int_equal(d.num_channels, 2);
    assert_int_equal(d.channels[0].connection, LIBXL_CHANNEL_CONNECTION_SOCKET);
    assert_string_equal(d.channels[0].u.socket.path, "/c");
    assert_string_equal(d.channels[0].name, "org.x");
    assert_int_equal(d.channels[1].connection, LIBXL_CHANNEL_CONNECTION_PTY);
    assert_string_equal(d.channels[1].backend_domname, "dd");
    assert_int_equal(d.num_vkbs, 1);
    assert_int_equal(d.vkbs[0].backend_type, LIBXL_VKB_BACKEND_LINUX);
    assert_int_equal(d.vkbs[0].width, 800);
    assert_int_equal(d.num_vtpms, 1);
    assert_int_equal(libxl_uuid_bytearray(&d.vtpms[0].uuid)[15], 0xff);
    assert_string_equal(d.p9s[0].security_model, "none");
    assert_int_equal(d.usbctrls[0].type, LIBXL_USBCTRL_TYPE_PV);
    assert_int_equal(d.usbctrls[0].ports, 4);
    assert_int_equal(d.usbdevs[0].u.hostdev.hostaddr, 200);
    assert_int_equal(d.usbdevs[0].port, 2);
    assert_int_equal(d.vdispls[0].num_connectors, 2);
    assert_string_equal(d.vdispls[0].connectors[1].unique_id, "b");
    assert_int_equal(d.vdispls[0].connectors[1].height, 600);
    assert_string_equal(d.dtdevs[0].path, "/soc/eth@0");
    libxl_domain_config_dispose(&d);
}

/* A keyboard of its own comes after that which the framebuffer brings. */
static void keyboards_add_up(void **state)
{
    libxl_domain_config d;

    (void)state;
    parse(BASE "vfb=['vnc=1']\nvkb=['backend-type=qemu']\n", &d);
    assert_int_equal(d.num_vfbs, 1);
    assert_int_equal(d.num_vkbs, 2);
    libxl_domain_config_dispose(&d);
}

static void network_cards_are_read(void **state)
{
    libxl_domain_config d;

    (void)state;
    parse(BASE "vif=['', 'mac=00:16:3e:01:02:03, bridge=b,rate=8Mb/s,type=vif,untrusted']\n", &d);
    assert_int_equal(d.num_nics, 2);
    assert_int_equal(d.nics[1].mac[5], 3);
    assert_string_equal(d.nics[1].bridge, "b");
    assert_int_equal(d.nics[1].nictype, LIBXL_NIC_TYPE_VIF);
    assert_false(libxl_defbool_val(d.nics[1].trusted));
    libxl_domain_config_dispose(&d);
}

static void numa_nodes_are_read(void **state)
{
    libxl_domain_config d;
    const libxl_vnode_info *n;

    (void)state;
    parse(BASE "type='pvh'\n"
               "vnuma=[['pnode=0','size=512','vcpus=0-2,5','vdistances=10,20'],\n"
               "       ['vdistances=30, 10','pnode=3','vcpus=3,4','size=256']]\n",
          &d);
    assert_int_equal(d.b_info.num_vnuma_nodes, 2);
    assert_int_equal(d.b_info.max_vcpus, 6);
    assert_int_equal(d.b_info.avail_vcpus.size, 0); /* libxl's default */
    assert_int_equal(d.b_info.max_memkb, 768 << 10);
    assert_false(libxl_defbool_val(d.b_info.numa_placement));
    n = d.b_info.vnuma_nodes;
    assert_int_equal(n[0].memkb, 512 << 10);
    assert_int_equal(n[0].pnode, 0);
    assert_int_equal(libxl_bitmap_count_set(&n[0].vcpus), 4);
    assert_true(libxl_bitmap_test(&n[0].vcpus, 5));
    assert_int_equal(n[0].num_distances, 2);
    assert_int_equal(n[1].pnode, 3);
    assert_int_equal(n[1].distances[0], 30);
    assert_int_equal(n[1].distances[1], 10);
    assert_true(libxl_bitmap_test(&n[1].vcpus, 4));
    libxl_domain_config_dispose(&d);
    /* What is not said is 0, and what is said twice holds as said last. */
    parse(BASE "vnuma=[['size=64','vcpus=0','colour=red','vdistances=9,9,9','size=32'],[]]\n", &d);
    assert_int_equal(d.b_info.vnuma_nodes[0].memkb, 32 << 10);
    assert_int_equal(d.b_info.vnuma_nodes[0].num_distances, 2);
    assert_int_equal(d.b_info.vnuma_nodes[1].distances[1], 0);
    assert_true(libxl_defbool_is_default(d.b_info.numa_placement));
    libxl_domain_config_dispose(&d);
    parse(BASE "vcpus=1\nmaxvcpus=2\nvnuma=[['pnode=0','size=64','vcpus=0-1','vdistances=10']]\n",
          &d);
    assert_int_equal(d.b_info.max_vcpus, 2);
    assert_int_equal(libxl_bitmap_count_set(&d.b_info.avail_vcpus), 1);
    libxl_domain_config_dispose(&d);
}

static void reserved_memory_is_read(void **state)
{
    libxl_domain_config d;

    (void)state;
    parse(BASE "type='hvm'\nrdm='strategy=host,policy=relaxed'\nrdm_mem_boundary=1024\n"
               "gfx_passthru='igd'\npci=['00:03.0,rdm_policy=strict']\n",
          &d);
    assert_int_equal(d.b_info.u.hvm.rdm.strategy, LIBXL_RDM_RESERVE_STRATEGY_HOST);
    assert_int_equal(d.b_info.u.hvm.rdm.policy, LIBXL_RDM_RESERVE_POLICY_RELAXED);
    assert_int_equal(d.b_info.u.hvm.rdm_mem_boundary_memkb, 1024 << 10);
    assert_true(libxl_defbool_val(d.b_info.u.hvm.gfx_passthru));
    assert_int_equal(d.b_info.u.hvm.gfx_passthru_kind, LIBXL_GFX_PASSTHRU_KIND_IGD);
    assert_int_equal(d.pcidevs[0].rdm_policy, LIBXL_RDM_RESERVE_POLICY_STRICT);
    libxl_domain_config_dispose(&d);
}

static void sound_cards_are_read(void **state)
{
    libxl_domain_config d;
    const libxl_vsnd_pcm *pcm;

    (void)state;
    parse(BASE
          "vsnd=[['CARD, short-name=Main, backend=dd, sample-formats=s16_le;float_be;u32_be',\n"
          "       'PCM, name=Main device,buffer-size=1024,sample-rates=8000;44100',\n"
          "       'STREAM, unique-id=0, type=p', 'stream,type=c,id=1,channels-max=2', 'PCM'],\n"
          "      ['CARD, short-name=Second,long-name=l']]\n",
          &d);
    assert_int_equal(d.num_vsnds, 2);
    assert_string_equal(d.vsnds[0].short_name, "Main");
    assert_string_equal(d.vsnds[0].backend_domname, "dd");
    assert_int_equal(d.vsnds[0].params.num_sample_formats, 3);
    assert_int_equal(d.vsnds[0].params.sample_formats[1], LIBXL_VSND_PCM_FORMAT_F32_BE);
    assert_int_equal(d.vsnds[0].num_vsnd_pcms, 2);
    pcm = d.vsnds[0].pcms;
    assert_string_equal(pcm->name, "Main device");
    assert_int_equal(pcm->params.buffer_size, 1024);
    assert_int_equal(pcm->params.num_sample_rates, 2);
    assert_int_equal(pcm->params.sample_rates[1], 44100);
    assert_int_equal(pcm->num_vsnd_streams, 2);
    assert_string_equal(pcm->streams[0].unique_id, "0");
    assert_int_equal(pcm->streams[0].type, LIBXL_VSND_STREAM_TYPE_P);
    assert_string_equal(pcm->streams[1].unique_id, "1");
    assert_int_equal(pcm->streams[1].type, LIBXL_VSND_STREAM_TYPE_C);
    assert_int_equal(pcm->streams[1].params.channels_max, 2);
    assert_int_equal(pcm[1].num_vsnd_streams, 0);
    assert_int_equal(d.vsnds[1].num_vsnd_pcms, 0);
    libxl_domain_config_dispose(&d);
}

static void what_is_wrong_ends_the_program(void **state)
{
    static const char *const wrong[] = {
        "channel=['name=n']",
        "channel=['connection=socket,name=n']",
        "channel=['connection=pty,path=/p']",
        "channel=['connection=smoke']",
        "channel=['connection=pty,colour=red']",
        "vkb=['unique-id=u']",
        "vkb=['backend-type=linux,multi-touch-width=3']",
        "vtpm=['uuid=1']",
        "vtpm=['uuid=00112233-4455-6677-8899-aabbccddeeff']",
        "p9=['tag=t']",
        "pvcalls=['front=1']",
        "usbdev=['hostbus=256']",
        "usbdev=['type=toaster']",
        "vdispl=['connectors=a:1920']",
        "vdispl=['connectors=1920x1080']",
        "vnuma=['pnode=0']",
        "vnuma=[['pnode=-1','size=64','vcpus=0','vdistances=10']]",
        "vnuma=[['pnode=0','size=64','vcpus=1-0','vdistances=10']]",
        "vnuma=[['pnode=0','size=64','vcpus=0,','vdistances=10']]",
        "vnuma=[['pnode=0','size=64','vcpus=0-4096','vdistances=10']]",
        "vnuma=[['pnode=0','size=64','vcpus=0','vdistances=10,']]",
        "vnuma=[['pnode=0','size=64','vcpus=0','vdistances=ten']]",
        "vnuma=[['pnode=4','size=64','vcpus=0','vdistances=10']]",
        "vnuma=[['pnode=0','size=64','vcpus=0-8','vdistances=10']]",
        "vif=['mtu=']",
        "vif=['devid=-1']",
        "cpus=''",
        "builder='linux'",
        "builder='hvm'\ntype='pv'",
        "firmware='pvgrub32'",
        "max_grant_frames='x'",
        "max_maptrack_frames=[]",
        "type='hvm'\nmmio_hole=255",
        "type='hvm'\nvnclisten='1.2.3.4:5'\nvncdisplay=3",
        "maxvcpus=3\nvnuma=[['pnode=0','size=64','vcpus=0','vdistances=10']]",
        "maxmem=65\nvnuma=[['pnode=0','size=64','vcpus=0','vdistances=10']]",
        "type='hvm'\nrdm='strategy=guest'",
        "type='hvm'\ngfx_passthru='voodoo'",
        "vsnd=['CARD, short-name=Main']",
        "vsnd=[['short-name=Main']]",
        "vsnd=[['CARD, colour=red']]",
        "vsnd=[['CARD', 'PCM', 'STREAM, type=x']]",
        "vsnd=[['CARD', 'PCM, sample-rates=8000;fast']]",
        "vsnd=[['CARD, sample-formats=s15_le']]",
        "vsnd=[['CARD', 'PCM', 'STREAM, channels-max=4294967296']]",
        "vsnd=[['CARD', ['PCM']]]",
    };

    (void)state;
    assert_int_equal(status_of(BASE), 0);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char text[256];

        snprintf(text, sizeof(text), BASE "%s\n", wrong[i]);
        if (status_of(text) != EXIT_BAD)
            fail_msg("%s: status %d", wrong[i], status_of(text));
    }
}

/* The configurations that are installed as examples. */
static void examples_are_read(void **state)
{
    static const struct {
        const char *name;
        libxl_domain_type type;
    } examples[] = {{"hvm", LIBXL_DOMAIN_TYPE_HVM},
                    {"pvhlinux", LIBXL_DOMAIN_TYPE_PVH},
                    {"pvlinux", LIBXL_DOMAIN_TYPE_PV}};
    char path[64], text[4096] = "";
    libxl_domain_config d;
    FILE *f;

    (void)state;
    for (unsigned int i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "../hotplug/examples/xlexample.%s", examples[i].name);
        f = fopen(path, "r");
        assert_non_null(f);
        text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
        fclose(f);
        parse(text, &d);
        assert_int_equal(d.c_info.type, examples[i].type);
        assert_int_equal(strncmp(d.c_info.name, "example.", 8), 0);
        assert_int_equal(d.num_nics, 1);
        assert_int_equal(d.num_disks, 1);
        assert_string_equal(d.disks[0].vdev, "xvda");
        libxl_domain_config_dispose(&d);
    }
}

static void some_mistakes_end_it_with_3(void **state)
{
    static const char *const wrong[] = {
        "timer_mode='native'",
        "device_model_args='-s'",
        "type='hvm'\nmca_caps='lmce'",
        "type='hvm'\nmca_caps=['xmce']",
        "type='hvm'\nviridian=['bogus']",
        "type='hvm'\nvendor_device='bogus'",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char text[256];

        snprintf(text, sizeof(text), BASE "%s\n", wrong[i]);
        if (status_of(text) != EXIT_LIBXL)
            fail_msg("%s: status %d", wrong[i], status_of(text));
    }
    assert_int_equal(status_of("name='a'\ntype='pvh'\n"), EXIT_BAD); /* nothing to start */
    assert_int_equal(status_of("name='a'\ntype='hvm'\n"), 0);
}

/* What is not understood of these is said, and the rest holds. */
static void some_mistakes_are_passed_over(void **state)
{
    libxl_domain_config d;

    (void)state;
    parse(BASE "vif=['bridge', 'wings=2,mac=x,type=toaster,bridge=b', 'mac=0:1:2:3:4:5:6']\n"
               "cpuid='host,bogus=0,sse3=0'\nusbctrl=['version=9,ports=99']\n",
          &d);
    assert_int_equal(d.num_nics, 3);
    assert_string_equal(d.nics[1].bridge, "b");
    assert_int_equal(d.nics[2].mac[5], 5);
    assert_int_equal(d.usbctrls[0].ports, 99);
    libxl_domain_config_dispose(&d);
}

static void what_is_not_said_is_left_to_libxl(void **state)
{
    libxl_domain_config d;

    (void)state;
    parse(BASE "cpus='0,99999'\nbootloader_args='a  b'\nbootloader='l'\n"
               "init_seclabel='i'\nseclabel='s'\nvtpm=['backend=b','backend=b']\n"
               "pci=['00:03.0']\nvnc=0\nsdl=1\n",
          &d);
    assert_int_equal(d.b_info.max_vcpus, 0);
    assert_int_equal(d.b_info.num_vcpu_hard_affinity, 1);
    assert_true(libxl_defbool_is_default(d.b_info.numa_placement));
    assert_string_equal(d.b_info.bootloader_args[1], "b");
    assert_null(d.b_info.bootloader_args[2]);
    assert_string_equal(d.c_info.ssid_label, "i");
    assert_string_equal(d.b_info.exec_ssid_label, "s");
    assert_int_equal(d.vtpms[1].devid, 1);
    assert_int_equal(d.num_vfbs, 0);
    assert_true(libxl_defbool_val(d.b_info.u.pv.e820_host)); /* with PCI devices, always */
    libxl_domain_config_dispose(&d);
}

static char *sxp_of(const char *config)
{
    libxl_domain_config d;
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    assert_non_null(f);
    parse(config, &d);
    print_sxp(f, NO_DOMAIN, &d);
    fclose(f);
    libxl_domain_config_dispose(&d);
    return text;
}

/* What the stock xl prints of the same. */
static void a_configuration_as_s_expressions(void **state)
{
    char *text = sxp_of(BASE "bootloader='l'\nbootloader_args=['x','y']\npool='P'\nhap=0\n"
                             "vif=['mac=00:16:3e:00:00:01']\n");

    (void)state;
    assert_string_equal(
        text, "(domain\n\t(domid -1)\n\t(create_info)\n\t(hvm 0)\n\t(hap False)\n"
              "\t(oos <default>)\n\t(ssidref 0)\n\t(name a)\n\t(uuid <unknown>)\n"
              "\t(cpupool P)\n\t(xsdata (null))\n\t(platformdata (null))\n\t(build_info)\n"
              "\t(max_vcpus 0)\n\t(max_grant_frames 0)\n\t(max_maptrack_frames 0)\n"
              "\t(tsc_mode default)\n\t(max_memkb 65536)\n\t(target_memkb 65536)\n"
              "\t(nomigrate <default>)\n\t(bootloader l)\n\t(bootloader_args x y)\n\t(image\n"
              "\t\t(linux 0)\n\t\t\t(kernel /k)\n\t\t\t(cmdline (null))\n"
              "\t\t\t(ramdisk (null))\n\t\t\t(e820_host <default>)\n\t\t)\n\t)\n"
              "\t(device\n\t\t(vif\n\t\t\t(backend_domid 0)\n\t\t\t(frontend_domid -1)\n"
              "\t\t\t(devid 0)\n\t\t\t(mtu 0)\n\t\t\t(model (null))\n"
              "\t\t\t(mac 00163e000001)\n\t\t)\n\t)\n)\n");
    free(text);
    text = sxp_of("name='h'\ntype='hvm'\nvga='stdvga'\ndisk=['/a,raw,hda,r']\npci=['00:1c.0@5']\n");
    assert_non_null(strstr(text, "\t\t(hvm\n\t\t\t(firmware (null))\n\t\t\t(video_memkb -1)\n"));
    assert_non_null(strstr(text, "(timer_mode unknown)\n"));
    assert_non_null(strstr(text, "(stdvga True)\n"));
    assert_non_null(strstr(text, "\t\t(tap\n"));
    assert_non_null(strstr(text, "(pci dev 0000:00:1c.0@28)\n"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_are_read),
        cmocka_unit_test(examples_are_read),
        cmocka_unit_test(keyboards_add_up),
        cmocka_unit_test(network_cards_are_read),
        cmocka_unit_test(numa_nodes_are_read),
        cmocka_unit_test(reserved_memory_is_read),
        cmocka_unit_test(sound_cards_are_read),
        cmocka_unit_test(what_is_wrong_ends_the_program),
        cmocka_unit_test(some_mistakes_end_it_with_3),
        cmocka_unit_test(some_mistakes_are_passed_over),
        cmocka_unit_test(what_is_not_said_is_left_to_libxl),
        cmocka_unit_test(a_configuration_as_s_expressions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
