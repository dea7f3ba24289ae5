/* SPDX-License-Identifier: MIT */
/* The device model's end of QMP, for tests: it keeps the devices that are added. It moves with the
 * world, in the test's own thread. */
#ifndef LIBXL_TEST_FAKE_QMP_H
#define LIBXL_TEST_FAKE_QMP_H

#include <stdbool.h>

struct fake_qmp {
    const char *refused; /* adding a device of this driver is */
    int stays; /* so often a PCI device is still there when it is looked for; -1: for ever */
    int cpus, cpus_max; /* of the machine at its start */
    enum { FAKE_ANSWERS, FAKE_GREETS, FAKE_IS_SILENT } mood;
    char said[64]; /* the last command that came */
};
extern struct fake_qmp fake_qmp;

void fake_qmp_open(const char *socket_path); /* at a path that is free */
void fake_qmp_close(void);
void fake_qmp_restarted(void); /* another takes its place, if it is gone */
bool fake_qmp_moves(void);

/* One that it has been started with, by the same arguments. */
void fake_qmp_started_with(const char *json);
/* The devices: the arguments of each as JSON, a line each; to be freed. */
char *fake_qmp_devices(void);

#endif
