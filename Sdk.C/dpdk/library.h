/* SPDX-License-Identifier: MIT */
/* libpollscale, found when it is needed: an application must come up without it. Its functions are those of pollscale.h, and none may be called before. */
#ifndef LIBRARY_H
#define LIBRARY_H

#include <stddef.h>

#include <pollscale.h>

/* Loads it: first from the plugin's own folder. 0, or -1 with words in `error`. */
int library_load(char *error, size_t size);

#endif
