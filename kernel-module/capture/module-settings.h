/* SPDX-License-Identifier: GPL-2.0-only */
/* The loaded module's parameters and counters, which are files. */
#ifndef DISPROTRACK_MODULE_SETTINGS_H
#define DISPROTRACK_MODULE_SETTINGS_H

#include "source.h"

#define MODULE_PARAMETERS "/sys/module/disprotrack/parameters/"
#define MODULE_COUNTERS "/sys/class/misc/disprotrack/"

/* Replaces all that an earlier reader set. */
int module_set(const struct options *options, struct complaint *complaint);
int module_control(const struct control *control);
/* A small file as a text. -1 with errno. */
int module_read(const char *path, char *text, size_t bytes);

#endif
