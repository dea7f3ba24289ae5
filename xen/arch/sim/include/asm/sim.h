/* SPDX-License-Identifier: MIT */
/*
 * What tests, fuzzers and the random run use: a machine in a process. It boots once per process.
 * Whoever calls is outside of the simulated CPUs; core functions may be called directly (they run
 * as on CPU 0), hypercalls by sim_hypercall().
 */
#ifndef ASM_SIM_H
#define ASM_SIM_H

#include <xen/domain.h>

struct sim_conf {
    unsigned int nr_cpus; /* 0: 4 */
    unsigned int ram_mb;  /* 0: 64 */
    uint64_t seed;        /* order in which CPUs with work go on; 0: by number */
    bool verbose;         /* console to stdout */
    const char *cmdline;
    bool server; /* the machine-to-physical table lies in the machine's memory */
};
void sim_boot(const struct sim_conf *conf);

struct sim_domain_conf {
    unsigned int nr_vcpus; /* 0: 1 */
    unsigned int nr_pages; /* 0: 64 */
    bool hvm;              /* translated */
    bool privileged;
    bool paused;          /* left for the test to unpause */
    bool blocked;         /* its vCPUs wait for an event */
    int max_grant_frames; /* 0: 4 */
    int max_maptrack;     /* 0: 4, pages of handles */
    uint32_t max_evtchn;  /* 0: no limit */
    uint32_t cpupool;
    bool grant_v1_only;
};
/* With memory and running vCPUs; ends the process where it cannot. */
struct domain *sim_domain(domid_t id, const struct sim_domain_conf *conf);
/* domain_kill() to its end. The struct goes once nobody refers to it. */
void sim_destroy(struct domain *d);

/* Guest address of page @idx that the domain was given; pages 0 to 3 are contiguous and are used
 * for arguments by sim_op(). */
uint64_t sim_page(struct domain *d, unsigned int idx);
/* The same page as the hypervisor sees it. */
void *sim_page_virt(struct domain *d, unsigned int idx);
/* Write to it as a guest does, without effect where the domain has given it away. */
void sim_put(struct domain *d, unsigned int idx, size_t offset, const void *data, size_t len);
/* gfn (PV: mfn) of it, as hypercalls name it. */
uint64_t sim_gfn(struct domain *d, unsigned int idx);

#define SIM_STOPPED (-1000000L) /* the vCPU cannot run, or stopped before the call was complete */
/* Make @v current on its CPU and issue the call; continuations are followed to the end. */
long sim_hypercall_args(struct vcpu *v, unsigned int nr, const unsigned long args[6]);
#define sim_hypercall(v, nr, ...) sim_hypercall_args(v, nr, (const unsigned long[6]){__VA_ARGS__})
/* The call nr(cmd, arg): @arg is copied to guest memory and back. */
long sim_op(struct vcpu *v, unsigned int nr, unsigned long cmd, void *arg, size_t size);
/* grant_table_op with @count elements of @size bytes. */
long sim_grant_op(struct vcpu *v, unsigned int cmd, void *ops, size_t size, unsigned int count);
/* Every @every-th round of a hypercall finds work pending, and so is preempted. 0: none. */
void sim_preempt(unsigned int every);

/* Called where TLBs would be flushed in the midst of an operation: what another CPU does then. */
extern void (*sim_on_tlb_flush)(void);

/* Set while CPUs are threads of the process, each with its own sim_this: spinning yields. */
extern bool sim_threads;
/* Run all CPUs as threads for @ms milliseconds: each vCPU that gets one calls @fn again and again,
 * which may make one call by sim_hypercall() and its like; that call is made when @fn returns.
 * Domains are there already. Returns the number of calls. */
typedef void sim_guest_fn(struct vcpu *v);
uint64_t sim_run_threads(unsigned int ms, sim_guest_fn *fn);
bool sim_make_current(struct vcpu *v);
/* Let all CPUs do what is due at this moment; let @ns pass. */
void sim_settle(void);
void sim_advance(s_time_t ns);
/* Until RCU has nothing left. */
void sim_quiesce(void);

/* Invariants: page lists, references of grants, ports and their peers, run queues, free memory.
 * Ends the process with a message where one is broken. */
void sim_check_invariants(void);
void sim_dump_vcpu(const struct vcpu *v); /* on the console */
void sim_fail(const char *fmt, ...) __printf(1, 2) noreturn;

/* Of all that has happened: calls, results, context switches, time. */
uint64_t sim_hash(void);
uint64_t sim_hypercalls(void); /* made by sim_hypercall() until now, continuations not counted */
void sim_hash_add(uint64_t value);
/* All domains go; memory must be what it was at boot. */
void sim_shutdown(void);
/* That much will stay, and is no leak. */
void sim_keep(uint64_t pages, uint64_t objects);

/* Random run: hypercalls of several domains, chosen by a stream of bytes. */
struct sim_input {
    uint64_t rng;        /* next number, never 0; used once data is at its end */
    const uint8_t *data; /* a fuzzer's, or NULL */
    size_t len, pos;
    const uint8_t *skip; /* NULL, or [steps + 1]: those not 0 are left out; the first is step 1 */
    bool show;           /* a line on the console for each step */
};
/* The state from which step @step (from 1) of @seed's run chooses. Each step has numbers of its
 * own, so that leaving out one changes nothing in the others; and so has each seed. */
uint64_t sim_step_rng(uint64_t seed, unsigned int step);
/* What a vCPU of the random run does where CPUs are threads: for sim_run_threads(). */
void sim_workload_domains(void);
sim_guest_fn sim_workload_guest;
/* bench.c: traffic between @nr_domains / 2 pairs of domains, each of two vCPUs. */
void sim_bench_scale(unsigned int nr_domains, unsigned int rounds);
/* False: disjoint pairs wait for a lock of some class in more than one case of a hundred. */
bool sim_bench_locks(unsigned int nr_cpus, unsigned int ms);
/* server.c: serve on the Unix socket @path until SIGTERM. 0; 1: cannot; 3: guests were left. */
int sim_server(const char *path, unsigned int ram_mb, unsigned int nr_cpus);
/* Domains 0 (control) to 3 are made, @steps steps done. */
void sim_workload(struct sim_input *in, unsigned int steps, unsigned int check_every);

#endif
