/* Output without measure: 200 MB without a line end, millions of lines, terminal control sequences. */
#define GUEST_NO_LIBC
#include "guest.h"

static u8 block[65536];

static int guest_main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	u64 i;

	if (is(what, "control")) {
		for (i = 0; i < 256; i++)
			block[i] = (u8)i;
		sys3(1, 1, block, 256);
		print("\n\x1b]0;owned\x07\x1b[2J\x1b[31mred\n\xc2\x9b" "31m\xe2\x80\xae" "reversed\n\xff\xfe\xc0\x80\n");
		return 0;
	}
	for (i = 0; i < sizeof(block); i++)
		block[i] = is(what, "lines") && i % 2 ? '\n' : 'x';
	for (i = 0; i < (is(what, "lines") ? 20 : 3200); i++)
		if (sys3(1, 1 + i % 2, block, sizeof(block)) != sizeof(block))
			return 1;
	print("\nthe end\n");
	return 0;
}
