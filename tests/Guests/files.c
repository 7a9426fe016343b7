/* Files, descriptors and waiting for them, as Linux answers them: prints what it sees, the same there and in a micro-VM. */
#include "guest.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define SHOW(call) \
	do { \
		errno = 0; \
		long shown = (long)(call); \
		printf("%s = %ld %s\n", #call, shown, shown < 0 ? strerror(errno) : ""); \
	} while (0)

static struct stat st;
static char buffer[256];
static int caught;

static void catch(int number)
{
	caught = number;
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void show_stat(const char *what)
{
	printf("%s: type %o rdev %u:%u size %ld links %ld\n", what, st.st_mode & S_IFMT, major(st.st_rdev), minor(st.st_rdev),
	       S_ISREG(st.st_mode) ? (long)st.st_size : 0, S_ISDIR(st.st_mode) ? 0 : (long)st.st_nlink);
}

static void paths(void)
{
	static char longname[300], longpath[5000];
	struct { unsigned int mask, blksize; char pad[248]; } x;
	int dev, null;

	memset(longname, 'a', sizeof(longname) - 1);
	memset(longpath, '/', sizeof(longpath) - 1);
	SHOW(stat("/dev/null", &st));
	show_stat("null");
	SHOW(lstat("/dev/urandom", &st));
	show_stat("urandom");
	SHOW(stat("/dev", &st));
	show_stat("dev");
	SHOW(stat("/dev/../dev/./null", &st));
	SHOW(stat("//dev//null", &st));
	SHOW(stat("/dev/null/", &st));
	SHOW(stat("/dev/null/x", &st));
	SHOW(stat("/dev/null/..", &st));
	SHOW(stat("/nowhere/../dev/null", &st));
	SHOW(stat("/dev/nothing", &st));
	SHOW(stat("", &st));
	SHOW(stat(longname, &st));
	SHOW(stat(longpath, &st));
	SHOW(syscall(SYS_stat, 8, &st));
	SHOW(syscall(SYS_stat, "/dev/null", 8));
	SHOW(open("/dev/null", O_RDWR | O_CREAT | O_EXCL, 0600));
	SHOW(open("/dev/null/x", O_RDONLY));
	SHOW(open("/dev/null", O_RDONLY | O_DIRECTORY));
	SHOW(open("/dev", O_RDWR));
	SHOW(open("/nowhere/x", O_RDWR | O_CREAT, 0600));
	SHOW(open("/dev/../dev/null", O_RDONLY) >= 0);
	dev = open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	null = openat(dev, "null", O_RDWR);
	SHOW(null > dev);
	SHOW(openat(null, "x", O_RDONLY));
	SHOW(openat(-1, "x", O_RDONLY));
	SHOW(openat(-1, "/dev/null", O_RDONLY) >= 0);
	SHOW(read(dev, buffer, 1));
	SHOW(write(dev, buffer, 1));
	SHOW(fstat(dev, &st));
	show_stat("dev");
	SHOW(fstat(null, &st));
	show_stat("null");
	SHOW(fstat(-1, &st));
	SHOW(fstatat(null, "", &st, AT_EMPTY_PATH));
	SHOW(fstatat(null, "", &st, 0));
	SHOW(fstatat(-1, "", &st, AT_EMPTY_PATH));
	SHOW(fstatat(dev, "null", &st, AT_SYMLINK_NOFOLLOW));
	SHOW(fstatat(dev, "null", &st, 0x40000));
	SHOW(syscall(SYS_statx, null, "", AT_EMPTY_PATH, 0x7ff, &x));
	printf("mask %x\n", x.mask & 0x4f);
	SHOW(syscall(SYS_statx, AT_FDCWD, "/dev/null", 0, 0x7ff, &x));
	SHOW(syscall(SYS_statx, AT_FDCWD, "/dev/null", 0, 0x80000000u, &x));
	SHOW(syscall(SYS_statx, AT_FDCWD, "/dev/null", 0, 0x7ff, 8));
	SHOW(access("/dev/null", R_OK | W_OK));
	SHOW(access("/dev/null", X_OK));
	SHOW(access("/dev", X_OK));
	SHOW(access("/dev/null", 8));
	SHOW(access("/dev/nothing", F_OK));
	SHOW(faccessat(dev, "null", R_OK, 0));
	SHOW(syscall(SYS_faccessat2, null, "", R_OK, AT_EMPTY_PATH));
	SHOW(syscall(SYS_faccessat2, dev, "null", R_OK, 0x40000));
	SHOW(readlink("/dev/null", buffer, sizeof(buffer)));
	SHOW(readlink("/nowhere", buffer, sizeof(buffer)));
	SHOW(readlink("/dev/null", buffer, 0));
	SHOW(syscall(SYS_getcwd, buffer, 1));
	SHOW(syscall(SYS_execve, "/nowhere", 0, 0));
	SHOW(syscall(SYS_execve, "/dev/null", 0, 0));
	SHOW(syscall(SYS_execve, "/dev/null/x", 0, 0));
	SHOW(syscall(SYS_execve, 8, 0, 0));
}

static void descriptors(void)
{
	struct iovec v[3] = { { buffer, 4 }, { 0, 0 }, { buffer + 4, 8 } };
	int null = open("/dev/null", O_RDWR), reader = open("/dev/null", O_RDONLY), writer = open("/dev/null", O_WRONLY | O_APPEND), p[2], d, bytes;
	int random = open("/dev/urandom", O_RDONLY);

	SHOW(dup(null) > null);
	SHOW(dup(-1));
	SHOW(dup(1000000));
	SHOW(dup2(null, 100));
	SHOW(dup2(null, null) == null);
	SHOW(dup2(-1, 100));
	SHOW(dup2(null, -1));
	SHOW(dup3(null, 101, O_CLOEXEC));
	SHOW(fcntl(101, F_GETFD));
	SHOW(fcntl(100, F_GETFD));
	SHOW(fcntl(100, F_SETFD, FD_CLOEXEC));
	SHOW(fcntl(100, F_GETFD));
	SHOW(dup3(null, null, 0));
	SHOW(dup3(null, 100, 1));
	SHOW(fcntl(null, F_DUPFD, 110));
	SHOW(fcntl(null, F_DUPFD_CLOEXEC, 110));
	SHOW(fcntl(111, F_GETFD));
	SHOW(fcntl(null, F_DUPFD, 1 << 30));
	SHOW(fcntl(null, F_GETFL) & O_ACCMODE);
	SHOW(fcntl(writer, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	SHOW(syscall(SYS_fcntl, null, F_GETFL, 0));
	SHOW(read(null, buffer, 4));
	SHOW(read(writer, buffer, 4));
	SHOW(write(reader, buffer, 4));
	SHOW(readv(null, v, 3));
	SHOW(readv(random, v, 3));
	SHOW(readv(null, v, -1));
	SHOW(readv(random, (struct iovec *)8, 1));
	SHOW(preadv(random, v, 3, 0));
	SHOW(preadv(random, v, 3, -2));
	SHOW(pread(random, buffer, 7, 100));
	SHOW(pwrite(null, buffer, 7, 100));
	SHOW(lseek(null, 0, SEEK_CUR));
	SHOW(lseek(null, 10, SEEK_SET) >= 0);
	SHOW(syscall(SYS_close_range, 100, 101, 0));
	SHOW(fcntl(100, F_GETFD));
	SHOW(syscall(SYS_close_range, 5, 4, 0));
	SHOW(pipe2(p, O_CLOEXEC));
	SHOW(fcntl(p[0], F_GETFD));
	SHOW(pipe2(p, 1));
	SHOW(syscall(SYS_pipe2, 8, 0));
	SHOW(pipe(p));
	SHOW(syscall(SYS_fcntl, p[0], F_GETFL, 0));
	SHOW(syscall(SYS_fcntl, p[1], F_GETFL, 0));
	SHOW(lseek(p[0], 0, SEEK_CUR));
	SHOW(pread(p[0], buffer, 1, 0));
	SHOW(read(p[1], buffer, 1));
	SHOW(write(p[0], buffer, 1));
	SHOW(write(p[1], "hello", 5));
	SHOW(ioctl(p[0], FIONREAD, &bytes));
	printf("%d bytes\n", bytes);
	SHOW(read(p[0], (void *)8, 5));
	SHOW(readv(p[0], v, 3));
	printf("%.5s\n", buffer);
	SHOW(fstat(p[0], &st));
	show_stat("pipe");
	d = 1;
	SHOW(ioctl(p[0], FIONBIO, &d));
	SHOW(read(p[0], buffer, 1));
	SHOW(fcntl(p[1], F_SETFL, O_NONBLOCK));
	for (d = 0; write(p[1], buffer, 256) == 256; d += 256)
		;
	printf("full after %d: %s\n", d, strerror(errno));
	d = dup(p[0]);
	close(p[0]);
	SHOW(read(d, buffer, 256));
	close(d);
	signal(SIGPIPE, catch);
	SHOW(write(p[1], buffer, 1));
	printf("signal %d\n", caught);
	caught = 0;
	SHOW(writev(p[1], v, 3));
	printf("signal %d\n", caught);
	signal(SIGPIPE, SIG_IGN);
	SHOW(write(p[1], buffer, 1));
	SHOW(ioctl(null, 0x5401, buffer));
	SHOW(ioctl(-1, 0x5401, buffer));
}

static void waiting(void)
{
	struct timespec t = { 0, 30000000 };
	struct timeval tv = { 0, 30000 };
	struct pollfd f[4] = { { -1, POLLIN, 7 }, { 999, POLLIN, 0 }, { 0, POLLIN | POLLOUT, 0 }, { 0, POLLIN, 0 } };
	struct epoll_event e[4], edge = { EPOLLIN | EPOLLET, { .u64 = 77 } }, level = { EPOLLOUT, { .u64 = 78 } }, once = { EPOLLIN | EPOLLONESHOT, { .u64 = 79 } };
	fd_set in, out;
	int p[2], q[2], ep, ev, null = open("/dev/null", O_RDWR);
	long before, value;

	CHECK(pipe(p) == 0 && pipe(q) == 0);
	f[2].fd = null;
	f[3].fd = p[0];
	SHOW(poll(f, 4, -1));
	printf("%x %x %x %x\n", f[0].revents, f[1].revents, f[2].revents, f[3].revents);
	before = now_ms();
	SHOW(poll(f + 3, 1, 40));
	SHOW(now_ms() - before >= 40);
	before = now_ms();
	SHOW(poll(0, 0, 30));
	SHOW(now_ms() - before >= 30);
	SHOW(poll(f + 3, 1, 0));
	SHOW(poll((struct pollfd *)8, 1, 0));
	SHOW(poll(f, 1 << 30, 0));
	CHECK(write(p[1], "x", 1) == 1);
	f[2].fd = p[1];
	f[2].events = POLLOUT;
	SHOW(poll(f + 2, 2, -1));
	printf("%x %x\n", f[2].revents, f[3].revents);
	before = now_ms();
	SHOW(ppoll(f + 1, 0, &t, 0));
	SHOW(now_ms() - before >= 30);
	t.tv_nsec = 2000000000;
	SHOW(ppoll(f, 0, &t, 0));
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(p[0], &in);
	FD_SET(q[0], &in);
	FD_SET(p[1], &out);
	SHOW(select(q[1] + 1, &in, &out, 0, &tv));
	printf("%d %d %d\n", !!FD_ISSET(p[0], &in), !!FD_ISSET(q[0], &in), !!FD_ISSET(p[1], &out));
	FD_ZERO(&in);
	FD_SET(q[0], &in);
	tv.tv_sec = 0;
	tv.tv_usec = 30000;
	before = now_ms();
	SHOW(select(q[0] + 1, &in, 0, 0, &tv));
	SHOW(now_ms() - before >= 30);
	printf("%d left %ld\n", !!FD_ISSET(q[0], &in), (long)tv.tv_usec);
	FD_SET(q[0], &in);
	close(q[1]);
	SHOW(select(q[0] + 1, &in, 0, 0, 0));
	close(q[0]);
	SHOW(select(q[0] + 1, &in, 0, 0, 0));
	SHOW(select(-1, 0, 0, 0, 0));

	ev = eventfd(3, EFD_NONBLOCK);
	SHOW(read(ev, &value, 8));
	printf("%ld\n", value);
	SHOW(read(ev, &value, 8));
	SHOW(read(ev, &value, 7));
	value = -1;
	SHOW(write(ev, &value, 8));
	value = -2;
	SHOW(write(ev, &value, 8));
	value = 1;
	SHOW(write(ev, &value, 8));
	close(ev);
	ev = eventfd(2, EFD_SEMAPHORE);
	SHOW(read(ev, &value, 8));
	printf("%ld\n", value);
	SHOW(eventfd(0, 4));

	SHOW(epoll_create(0));
	SHOW(epoll_create1(1));
	ep = epoll_create1(EPOLL_CLOEXEC);
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, null, &edge));
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, ep, &edge));
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, 999, &edge));
	SHOW(epoll_ctl(null, EPOLL_CTL_ADD, p[0], &edge));
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], (void *)8));
	SHOW(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &edge));
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &edge));
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &edge));
	SHOW(epoll_wait(ep, e, 4, -1));
	printf("%x %ld\n", e[0].events, (long)e[0].data.u64);
	before = now_ms();
	SHOW(epoll_wait(ep, e, 4, 30));
	SHOW(now_ms() - before >= 30);
	CHECK(write(p[1], "y", 1) == 1);
	SHOW(epoll_wait(ep, e, 4, 1000));
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, p[1], &level));
	SHOW(epoll_wait(ep, e, 4, 1000));
	SHOW(epoll_wait(ep, e, 4, 1000));
	printf("%x %ld\n", e[0].events, (long)e[0].data.u64);
	SHOW(epoll_ctl(ep, EPOLL_CTL_DEL, p[1], 0));
	SHOW(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &once));
	SHOW(epoll_wait(ep, e, 4, 1000));
	SHOW(epoll_wait(ep, e, 4, 0));
	SHOW(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &once));
	SHOW(epoll_wait(ep, (void *)8, 4, 1000));
	SHOW(epoll_wait(ep, e, 0, 0));
	SHOW(epoll_wait(null, e, 4, 0));
	SHOW(epoll_pwait(ep, e, 4, 0, 0));
	close(p[0]);
	SHOW(epoll_wait(ep, e, 4, 0));
}

static void identity(void)
{
	unsigned int r, e, s;
	char name[20] = "";

	SHOW(getppid() >= 0);
	SHOW(getpgrp() >= 0); /* 0 below an init without a session */
	SHOW(getpgid(0) == getpgrp());
	SHOW(getpgid(-5));
	SHOW(getpgid(123456789));
	SHOW(syscall(SYS_getresuid, &r, &e, &s));
	SHOW(syscall(SYS_getresuid, &r, 8, &s));
	SHOW(getgroups(-1, 0));
	SHOW(syscall(SYS_prctl, 29, 1234, 0, 0, 0)); /* timer slack */
	SHOW(syscall(SYS_prctl, 30, 0, 0, 0, 0));
	SHOW(syscall(SYS_prctl, 15, "a long name that is cut", 0, 0, 0));
	SHOW(syscall(SYS_prctl, 16, name, 0, 0, 0));
	printf("%s\n", name);
	SHOW(syscall(SYS_prctl, 16, 8, 0, 0, 0));
	SHOW(syscall(SYS_prctl, 15, 8, 0, 0, 0));
	SHOW(syscall(SYS_sched_get_priority_max, 1));
	SHOW(syscall(SYS_sched_get_priority_min, 1));
	SHOW(syscall(SYS_sched_get_priority_max, 0));
	SHOW(syscall(SYS_sched_get_priority_max, 77));
	SHOW(syscall(SYS_sched_getscheduler, 0) >= 0);
	SHOW(syscall(SYS_clock_getres, 1, 0));
	SHOW(syscall(SYS_clock_getres, 77, 0));
	SHOW(syscall(SYS_getrlimit, 99, 8));
	SHOW(syscall(SYS_prlimit64, 123456789, 7, 0, 0));
	SHOW(syscall(SYS_getrusage, 5, 8));
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "paths"))
		paths();
	if (!strcmp(what, "descriptors"))
		descriptors();
	if (!strcmp(what, "waiting"))
		waiting();
	if (!strcmp(what, "identity"))
		identity();
	if (!strcmp(what, "environment"))
		for (char **variable = environ; *variable; variable++)
			puts(*variable);
	if (!strncmp(what, "unanswered", 10)) {
		syscall(425, 1, 8);
		syscall(425, 1, 8);
		syscall(460);
		if (!strcmp(what, "unanswered-abort"))
			abort();
	}
	if (!strcmp(what, "sigpipe")) {
		int p[2];

		CHECK(pipe(p) == 0);
		close(p[0]);
		SHOW(write(p[1], "x", 1));
	}
	return 0;
}
