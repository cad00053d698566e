// SPDX-License-Identifier: GPL-2.0-only
#include "snapshot.h"
bool snapshot_write(int64_t offset_ns){ (void)offset_ns; return true; }
