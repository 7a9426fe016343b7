/* Children of posix_spawn and vfork and their descriptors, as Linux answers them: prints what it sees, the same there and in a micro-VM. */
#include "guest.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void spawn_nothing(void)
{
	char *args[] = { "true", 0 };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t all;
	pid_t pid;
	int result;

	result = posix_spawn(&pid, "/nowhere/true", 0, 0, args, environ);
	printf("posix_spawn: %s\n", strerror(result));
	result = posix_spawnp(&pid, "no-program-has-this-name", 0, 0, args, environ);
	printf("posix_spawnp: %s\n", strerror(result));
	result = posix_spawn(&pid, "/dev/null", 0, 0, args, environ);
	printf("posix_spawn of a device: %s\n", strerror(result));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, 1, 50);
	posix_spawn_file_actions_addopen(&actions, 51, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_addclose(&actions, 0);
	posix_spawnattr_init(&attributes);
	sigfillset(&all);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setsigmask(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	result = posix_spawn(&pid, "/nowhere/true", &actions, &attributes, args, environ);
	printf("with actions: %s\n", strerror(result));
	printf("still open %d, not opened %d %d\n", fcntl(0, F_GETFD) >= 0, fcntl(50, F_GETFD), fcntl(51, F_GETFD));
	printf("nobody to wait for: %d %s\n", waitpid(-1, 0, 0), strerror(errno));
}

static void vfork_tables(void)
{
	static int p[2], status;
	volatile int fd = -1;
	char byte = 0;
	pid_t pid;

	CHECK(pipe(p) == 0);
	fflush(stdout);
	pid = vfork();
	if (pid == 0) {
		/* All of this is the child's own. */
		close(p[0]);
		close(0);
		fd = open("/dev/null", O_RDWR);
		dup2(p[1], 60);
		_exit(write(p[1], "x", 1) == 1 && fd == 0 ? 3 : 4);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	printf("child %d\n", WEXITSTATUS(status));
	printf("60 is %d, 0 is %d\n", fcntl(60, F_GETFD), fcntl(0, F_GETFD));
	close(p[1]);
	printf("read %ld", (long)read(p[0], &byte, 1));
	printf(" %c", byte);
	printf(", then %ld\n", (long)read(p[0], &byte, 1));
	pid = vfork();
	if (pid == 0)
		execl("/nowhere/true", "true", (char *)0), _exit(errno);
	CHECK(waitpid(pid, &status, 0) == pid);
	printf("execl: %s\n", strerror(WEXITSTATUS(status)));
	/* The read end lives in the child only: its death is the pipe's. */
	CHECK(pipe(p) == 0);
	pid = vfork();
	if (pid == 0)
		_exit(0);
	close(p[0]);
	CHECK(waitpid(pid, &status, 0) == pid);
	signal(SIGPIPE, SIG_IGN);
	printf("write %ld", (long)write(p[1], "x", 1));
	printf(" %s\n", strerror(errno));
}

static int share(void *unused)
{
	(void)unused;
	close(70);
	_exit(open("/dev/null", O_RDWR));
}

#include <sched.h>

static void shared_table(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	int status, pid;

	dup2(0, 70);
	pid = clone(share, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, 0);
	CHECK(waitpid(pid, &status, 0) == pid);
	printf("closed %d, opened %d\n", fcntl(70, F_GETFD), fcntl(WEXITSTATUS(status), F_GETFD));
	pid = clone(share, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, 0);
	CHECK(waitpid(pid, &status, 0) == pid);
	printf("not opened %d\n", fcntl(WEXITSTATUS(status), F_GETFD));
}

static volatile int count, last_code, last_status;

static void child_ended(int number, siginfo_t *info, void *context)
{
	(void)number, (void)context;
	count++;
	last_code = info->si_code;
	last_status = info->si_status;
}

static void child_signal(void)
{
	struct sigaction action = { .sa_sigaction = child_ended, .sa_flags = SA_SIGINFO };
	int status;
	pid_t pid;

	sigaction(SIGCHLD, &action, 0);
	pid = vfork();
	if (pid == 0)
		_exit(9);
	CHECK(waitpid(pid, &status, 0) == pid);
	printf("%d exited %d status %d\n", count, last_code == CLD_EXITED, last_status);
	pid = vfork();
	if (pid == 0)
		kill(getpid(), SIGKILL), pause();
	CHECK(waitpid(pid, &status, 0) == pid);
	printf("%d killed %d status %d parent %d\n", count, last_code == CLD_KILLED, last_status, pid != getpid());
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	setvbuf(stdout, 0, _IOLBF, 4096);
	if (!strcmp(what, "nothing"))
		spawn_nothing();
	if (!strcmp(what, "tables"))
		vfork_tables();
	if (!strcmp(what, "shared"))
		shared_table();
	if (!strcmp(what, "signal"))
		child_signal();
	return 0;
}
