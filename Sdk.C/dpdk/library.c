// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "library.h"

#define SONAME "libpollscale.so.0"

/* Each function that is used: type, name, parameters, arguments. */
#define FUNCTIONS(F)                                                                                                                                        \
	F(int, pollscale_create, (const char *settings, pollscale_lcore *lcore), (settings, lcore))                                                         \
	F(int, pollscale_check, (const char *settings), (settings))                                                                                         \
	F(int, pollscale_turn, (const pollscale_lcore *lcore, int received, int backlog), (lcore, received, backlog))                                       \
	F(int, pollscale_turn_queue, (const pollscale_lcore *lcore, int queue, int received, int backlog), (lcore, queue, received, backlog))               \
	F(int, pollscale_add_queue, (const pollscale_lcore *lcore), (lcore))                                                                                \
	F(int, pollscale_remove_queue, (const pollscale_lcore *lcore, int queue), (lcore, queue))                                                           \
	F(int, pollscale_stats, (const pollscale_lcore *lcore, struct pollscale_stats *stats, size_t size), (lcore, stats, size))                           \
	F(int, pollscale_text, (const pollscale_lcore *lcore, enum pollscale_text what, char *buffer, size_t size), (lcore, what, buffer, size))            \
	F(int, pollscale_close, (pollscale_lcore *lcore), (lcore))                                                                                          \
	F(int, pollscale_retire, (const pollscale_lcore *lcore), (lcore))                                                                                   \
	F(const char *, pollscale_error, (void), ())                                                                                                        \
	F(const char *, pollscale_version, (void), ())

#define MEMBER(type, name, parameters, arguments) type(*name) parameters;
#define FORWARD(type, name, parameters, arguments) type name parameters { return library.name arguments; }
#define FIND(type, name, parameters, arguments)                                                                                                             \
	*(void **)&library.name = dlsym(handle, #name);                                                                                                     \
	missing = library.name || missing ? missing : #name;

static struct {
	FUNCTIONS(MEMBER)
} library;

FUNCTIONS(FORWARD)

int library_load(char *error, size_t size)
{
	char beside[PATH_MAX + sizeof(SONAME)], path[PATH_MAX];
	const char *missing = NULL;
	void *handle = NULL;
	Dl_info plugin;

	if (dladdr(&library, &plugin) && strlen(plugin.dli_fname) < sizeof(path)) {
		strcpy(path, plugin.dli_fname);
		snprintf(beside, sizeof(beside), "%s/" SONAME, dirname(path));
		handle = dlopen(beside, RTLD_NOW | RTLD_LOCAL);
	}
	if (!handle)
		handle = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
	if (!handle) {
		snprintf(error, size, "%s. Install it where the dynamic linker looks (Sdk.C/install, then ldconfig), put it beside the plugin, or set LD_LIBRARY_PATH.", dlerror());
		return -1;
	}
	FUNCTIONS(FIND)
	if (missing) {
		snprintf(error, size, SONAME " has no %s: it is older than the plugin. Install both from one version.", missing);
		return -1;
	}
	return 0;
}
