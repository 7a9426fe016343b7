// as ROOT UID[+CAPABILITY...] GID[,GID...] PROGRAM [ARGUMENT...]: runs a program in a root folder as a user, without a way back, as a service manager does.
// CAPABILITY is the number of one that it keeps (AmbientCapabilities= of a unit).
#define _GNU_SOURCE
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int keep(const char *list)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct sets[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
	for (const char *next = list; *next == '+';) {
		unsigned long capability = strtoul(next + 1, (char **)&next, 10);
		sets[capability / 32].effective |= 1u << capability % 32;
		sets[capability / 32].permitted = sets[capability / 32].inheritable = sets[capability / 32].effective;
	}

	int failed = syscall(SYS_capset, &head, sets) != 0;
	for (const char *next = list; !failed && *next == '+';)
		failed = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, strtoul(next + 1, (char **)&next, 10), 0, 0) != 0;
	return failed;
}

int main(int argc, char **argv)
{
	gid_t groups[8];
	int count = 0;
	if (argc < 5) {
		fputs("usage: as ROOT UID[+CAPABILITY...] GID[,GID...] PROGRAM [ARGUMENT...]\n", stderr);
		return 125;
	}

	for (char *next = argv[3]; *next && count < 8; next += *next == ',')
		groups[count++] = (gid_t)strtoul(next, &next, 10);
	char *more;
	uid_t user = (uid_t)strtoul(argv[2], &more, 10);
	if (chroot(argv[1]) || chdir("/") || setgroups((size_t)count, groups) || setresgid(groups[0], groups[0], groups[0])
	    || (*more && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)) || setresuid(user, user, user) || (*more && keep(more))
	    || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
		perror("as");
		return 126;
	}

	execvp(argv[4], argv + 4);
	perror(argv[4]);
	return 127;
}
