// as ROOT UID[+CAPABILITY] GID[,GID...] PROGRAM [ARGUMENT...]: runs a program in a root folder as a user, without a way back, as a service manager does.
// CAPABILITY is the number of the one that it keeps (AmbientCapabilities= of a unit).
#define _GNU_SOURCE
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int keep(unsigned long capability)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct sets[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
	sets[capability / 32].permitted = sets[capability / 32].inheritable = sets[capability / 32].effective = 1u << capability % 32;
	return syscall(SYS_capset, &head, sets) || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
}

int main(int argc, char **argv)
{
	gid_t groups[8];
	int count = 0;
	if (argc < 5) {
		fputs("usage: as ROOT UID[+CAPABILITY] GID[,GID...] PROGRAM [ARGUMENT...]\n", stderr);
		return 125;
	}

	for (char *next = argv[3]; *next && count < 8; next += *next == ',')
		groups[count++] = (gid_t)strtoul(next, &next, 10);
	char *more;
	uid_t user = (uid_t)strtoul(argv[2], &more, 10);
	unsigned long capability = *more == '+' ? strtoul(more + 1, NULL, 10) : 0;
	if (chroot(argv[1]) || chdir("/") || setgroups((size_t)count, groups) || setresgid(groups[0], groups[0], groups[0])
	    || (capability && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)) || setresuid(user, user, user) || (capability && keep(capability))
	    || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
		perror("as");
		return 126;
	}

	execvp(argv[4], argv + 4);
	perror(argv[4]);
	return 127;
}
