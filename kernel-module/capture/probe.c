// SPDX-License-Identifier: GPL-2.0-only
#include "probe.h"
int probe(void){ return 0; }
