/* Finds memory that another guest left: bss, heap, anonymous mappings and the stack below must read zero. "dirty" fills it instead. */
#include "guest.h"
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BSS (4 << 20)
#define MAPPED (16 << 20)

static unsigned char bss[BSS];

static int all_zero(const unsigned char *at, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (at[i])
			return 0;
	return 1;
}

int main(int argc, char **argv)
{
	unsigned char *mapped = mmap(NULL, MAPPED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char *heap = sbrk(1 << 20);
	unsigned char here;
	unsigned char *stack = &here - (6 << 20);

	CHECK(mapped != MAP_FAILED);
	CHECK(all_zero(bss, BSS));
	CHECK(all_zero(mapped, MAPPED));
	CHECK(all_zero(heap, 1 << 20));
	CHECK(all_zero(stack, 5 << 20));
	if (argc > 1 && strcmp(argv[1], "dirty") == 0) {
		memset(bss, 0xAA, BSS);
		memset(mapped, 0xBB, MAPPED);
		memset(heap, 0xCC, 1 << 20);
		memset(stack, 0xDD, 5 << 20);
	}
	return 0;
}
