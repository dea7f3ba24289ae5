/* SPDX-License-Identifier: MIT */
/* The port's part of domains and vCPUs. */
#ifndef XEN_PORT_DOMAIN_H
#define XEN_PORT_DOMAIN_H

#include <xen/domain.h>

struct xen_domctl;
struct xen_sysctl;
struct xen_sysctl_physinfo;
struct vcpu_guest_context;

/* Check and complete the arch part of @config. 0, -EINVAL ... */
int port_sanitise_domain_config(struct xen_domctl_createdomain *config);
/* @config NULL: a system domain. Called with the common parts set up. */
int port_domain_create(struct domain *d, struct xen_domctl_createdomain *config,
                       unsigned int flags);
void port_domain_destroy(struct domain *d); /* no reference is left */
/* Give back memory and mappings, in stages; -ERESTART to be called again. */
int port_domain_relinquish(struct domain *d);
void port_domain_shutdown(struct domain *d);
void port_domain_pause(struct domain *d);
void port_domain_unpause(struct domain *d);
void port_domain_creation_finished(struct domain *d);
int port_vcpu_create(struct vcpu *v);
void port_vcpu_destroy(struct vcpu *v);
/* Set the register state of a vCPU which does not run (VCPUOP_initialise, setvcpucontext).
 * @ctx in the guest-independent (native) layout, our copy. -ERESTART possible. */
int port_set_vcpu_context(struct vcpu *v, struct vcpu_guest_context *ctx);
void port_get_vcpu_context(struct vcpu *v, struct vcpu_guest_context *ctx);
/* Drop the state of a vCPU: back to "not initialised". -ERESTART possible. */
int port_vcpu_reset(struct vcpu *v);
/* VCPUOP_* that the core does not know. */
long port_vcpu_op(int cmd, struct vcpu *v, void *arg);
/* The guest is to notice an event: set its upcall pending and kick. */
void port_vcpu_mark_events_pending(struct vcpu *v);
/* XEN_DOMCTL_* and XEN_SYSCTL_* of the port; *copyback set where @op is to be copied back.
 * -ENOSYS where unknown. Locks: RANK_DOMCTL. */
long port_do_domctl(struct xen_domctl *op, struct domain *d, bool *copyback);
long port_do_sysctl(struct xen_sysctl *op, bool *copyback);
void port_physinfo(struct xen_sysctl_physinfo *pi);
void port_get_domain_info(struct domain *d, struct xen_domctl_getdomaininfo *info);
/* Text of XENVER_capabilities, e.g. "xen-3.0-x86_64 ", and of the CPU for XENVER. */
void port_capabilities(char *buf, size_t size);
/* XENVER_get_features submaps. */
uint32_t port_get_features(struct domain *d, unsigned int submap_idx);
bool port_vm_assist_valid(const struct domain *d, unsigned int type);
unsigned long port_virt_start(const struct domain *d); /* XENVER_platform_parameters */
/* Set new arguments of the present hypercall and rewind to it. */
void port_hypercall_restart(struct vcpu *v, const struct hypercall_ctx *hc);
void port_dump_domain(struct domain *d);
void port_dump_vcpu(struct vcpu *v);
/* Registers and top of the stack of the guest that runs here. */
void port_dump_current_guest(void);

#endif
