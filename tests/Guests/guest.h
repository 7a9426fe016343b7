/* What every guest program shares. Define GUEST_NO_LIBC before the include for a program without libc. */
#ifndef GUEST_H
#define GUEST_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

#define STATUS_GPA 0xD0000000ul
#define DOORBELL_GPA 0xD0001000ul
#define SYSTEM_IDT 0x10000ul
#define EXCEPTION_STUBS 0x11000ul
#define SYSCALL_STUB 0x12000ul
#define VCPU_BLOCKS 0x20000ul
#define PORT_BASE 0x5000
#define PORT_COUNT 512
#define NON_CANONICAL 0x800000000000ul
#define KERNEL_HALF 0xffff800000000000ul

static inline long sys6(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall" : "=a"(ret) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return ret;
}

#define sys0(n) sys6(n, 0, 0, 0, 0, 0, 0)
#define sys1(n, a) sys6(n, (long)(a), 0, 0, 0, 0, 0)
#define sys2(n, a, b) sys6(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define sys3(n, a, b, c) sys6(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define sys4(n, a, b, c, d) sys6(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

static inline u32 port_in32(u16 port)
{
	u32 value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "d"(port));
	return value;
}

static inline u8 port_in8(u16 port)
{
	u8 value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "d"(port));
	return value;
}

static inline void port_out8(u16 port, u8 value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "d"(port));
}

static inline void read_cpuid(u32 leaf, u32 index, u32 *r)
{
	__asm__ volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf), "c"(index));
}

/* Maps a page of /dev/mem, or the packet region; negative on failure. */
static inline long map_file(const char *path, u64 offset, u64 length, int prot, u64 at)
{
	long fd = sys4(257, -100, path, 2, 0);

	return fd < 0 ? fd : sys6(9, (long)at, (long)length, prot, at ? 0x11 : 1, fd, (long)offset);
}

#ifdef GUEST_NO_LIBC

__attribute__((noinline, used)) static int guest_main(int argc, char **argv);

static __attribute__((noreturn)) inline void quit(int status)
{
	for (;;)
		sys1(231, status);
}

static inline int is(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static inline void print(const char *text)
{
	long n = 0;

	while (text[n])
		n++;
	sys3(1, 1, text, n);
}

static inline void print_hex(u64 value)
{
	char text[18];
	int i;

	for (i = 0; i < 16; i++)
		text[i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
	text[16] = '\n';
	text[17] = 0;
	print(text);
}

static inline long map_anon(u64 at, u64 length, int prot)
{
	return sys6(9, (long)at, (long)length, prot, at ? 0x32 : 0x22, -1, 0);
}

struct kernel_sigaction {
	void (*handler)(int, void *, void *);
	u64 flags;
	void (*restorer)(void);
	u64 mask;
};

__attribute__((naked, unused)) static void restorer(void)
{
	__asm__("mov $15, %eax\n\tsyscall\n\tud2");
}

/* flags: SA_SIGINFO | SA_RESTORER are added. */
static inline long on_signal(int number, void (*handler)(int, void *, void *), u64 flags)
{
	struct kernel_sigaction action = { handler, flags | 0x04000004, restorer, 0 };

	return sys4(13, number, &action, 0, 8);
}

__attribute__((used)) static void guest_start(long *sp)
{
	quit(guest_main((int)sp[0], (char **)(sp + 1)));
}

__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall guest_start\n\thlt\n");

#else

#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			printf("line %d: %s\n", __LINE__, #condition); \
			fflush(stdout); \
			_exit(1); \
		} \
	} while (0)

#endif
#endif
