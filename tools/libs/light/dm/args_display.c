/* SPDX-License-Identifier: MIT */
/* Screens and what they are seen through. */
#include <stdio.h>

#include "dm/dm.h"

static char *vnc_text(struct scope *sc, const libxl_vnc_info *vnc)
{
    const char *listen = vnc->listen ? vnc->listen : "";
    char *s = strchr(listen, ':') ? scope_strdup(sc, listen)
                                  : scope_printf(sc, "%s:%d", listen, vnc->display);

    if (libxl_defbool_is_default(vnc->findunused) || libxl_defbool_val(vnc->findunused))
        s = scope_printf(sc, "%s,to=99", s);
    return vnc->passwd && *vnc->passwd ? scope_printf(sc, "%s,password=on", s) : s;
}

static void add_vnc(struct dm_args *a, const libxl_vnc_info *vnc)
{
    if (vnc && !libxl_defbool_is_default(vnc->enable) && libxl_defbool_val(vnc->enable))
        dm_arg2(a, "-vnc", "%s", vnc_text(a->sc, vnc));
    else
        dm_arg2(a, "-vnc", "none");
}

static void add_sdl(struct dm_args *a, const libxl_sdl_info *sdl)
{
    if (!sdl || libxl_defbool_is_default(sdl->enable) || !libxl_defbool_val(sdl->enable)) {
        dm_arg2(a, "-display", "none");
        return;
    }
    dm_arg2(a, "-display", "sdl");
    if (sdl->display)
        a->env[a->nr_env++] = scope_printf(a->sc, "DISPLAY=%s", sdl->display);
    if (sdl->xauthority)
        a->env[a->nr_env++] = scope_printf(a->sc, "XAUTHORITY=%s", sdl->xauthority);
}

static char *spice_text(struct scope *sc, const libxl_spice_info *s)
{
    char *t = scope_printf(sc, "port=%d,tls-port=%d", s->port, s->tls_port);

    if (s->host)
        t = scope_printf(sc, "%s,addr=%s", t, s->host);
    if (libxl_defbool_val(s->disable_ticketing))
        t = scope_printf(sc, "%s,disable-ticketing=on", t);
    else
        t = scope_printf(sc, "%s,password=%s", t, dm_value(sc, s->passwd));
    t = scope_printf(sc, "%s,agent-mouse=%s", t, libxl_defbool_val(s->agent_mouse) ? "on" : "off");
    if (!libxl_defbool_val(s->clipboard_sharing))
        t = scope_printf(sc, "%s,disable-copy-paste=on", t);
    if (s->image_compression)
        t = scope_printf(sc, "%s,image-compression=%s", t, s->image_compression);
    if (s->streaming_video)
        t = scope_printf(sc, "%s,streaming-video=%s", t, s->streaming_video);
    return t;
}

static void add_spice(struct dm_args *a, const libxl_spice_info *s)
{
    if (!libxl_defbool_val(s->enable))
        return;
    dm_arg2(a, "-spice", "%s", spice_text(a->sc, s));
    if (libxl_defbool_val(s->vdagent)) {
        dm_arg2(a, "-device", "virtio-serial");
        dm_arg2(a, "-chardev", "spicevmc,id=vdagent,name=vdagent");
        dm_arg2(a, "-device", "virtserialport,chardev=vdagent,name=com.redhat.spice.0");
    }
    for (int i = 1; i <= s->usbredirection; i++) {
        dm_arg2(a, "-chardev", "spicevmc,name=usbredir,id=usbrc%d", i);
        dm_arg2(a, "-device", "usb-redir,chardev=usbrc%d,id=usbrc%d", i, i);
    }
}

static void add_card(struct dm_args *a, const libxl_domain_build_info *b)
{
    unsigned long long mb = b->video_memkb / 1024;

    switch (b->u.hvm.vga.kind) {
    case LIBXL_VGA_INTERFACE_TYPE_STD:
        dm_arg2(a, "-device", "VGA,vgamem_mb=%llu", mb);
        break;
    case LIBXL_VGA_INTERFACE_TYPE_CIRRUS:
        dm_arg2(a, "-device", "cirrus-vga,vgamem_mb=%llu", mb);
        break;
    case LIBXL_VGA_INTERFACE_TYPE_QXL: /* half for each of its memories */
        dm_arg2(a, "-device", "qxl-vga,vram_size_mb=%llu,ram_size_mb=%llu", mb / 2, mb / 2);
        break;
    default:
        break;
    }
}

static int display_hvm(struct dm_args *a)
{
    const libxl_domain_build_info *b = &a->config->b_info;

    add_vnc(a, &b->u.hvm.vnc);
    add_sdl(a, &b->u.hvm.sdl);
    if (b->u.hvm.keymap)
        dm_arg2(a, "-k", "%s", b->u.hvm.keymap);
    if (libxl_defbool_val(b->u.hvm.nographic) && !libxl_defbool_val(b->u.hvm.sdl.enable) &&
        !libxl_defbool_val(b->u.hvm.vnc.enable))
        dm_arg(a, "-nographic");
    add_spice(a, &b->u.hvm.spice);
    add_card(a, b);
    return 0;
}

/* The framebuffer of a PV guest is seen as its first vfb says. */
int dm_args_display(struct dm_args *a)
{
    const libxl_device_vfb *vfb = a->config->num_vfbs ? &a->config->vfbs[0] : NULL;

    if (a->config->b_info.type == LIBXL_DOMAIN_TYPE_HVM)
        return display_hvm(a);
    add_vnc(a, vfb ? &vfb->vnc : NULL);
    add_sdl(a, vfb ? &vfb->sdl : NULL);
    if (vfb && vfb->keymap)
        dm_arg2(a, "-k", "%s", vfb->keymap);
    return 0;
}
