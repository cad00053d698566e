// SPDX-License-Identifier: GPL-2.0-only
#include "source.h"
const struct source source_module = { .name = "kernel-module" };
