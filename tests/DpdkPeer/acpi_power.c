/* A DPDK program on a machine with ACPI P-states: librte_power finds them itself. Then it does what each line of its input says to an lcore,
 * "min", "up", "down", "max", "set INDEX" or "exit", and prints what librte_power returned and which index it believes to have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <rte_eal.h>
#include <rte_power.h>

#define LCORE 1
#define MOST 64

static int change(const char *line)
{
	if (strcmp(line, "min\n") == 0)
		return rte_power_freq_min(LCORE);
	if (strcmp(line, "up\n") == 0)
		return rte_power_freq_up(LCORE);
	if (strcmp(line, "down\n") == 0)
		return rte_power_freq_down(LCORE);
	if (strcmp(line, "max\n") == 0)
		return rte_power_freq_max(LCORE);
	return strncmp(line, "set ", 4) == 0 ? rte_power_set_freq(LCORE, (uint32_t)atoi(line + 4)) : -99;
}

int main(int argc, char **argv)
{
	uint32_t khz[MOST];
	char line[32];
	int status;

	setbuf(stdout, NULL);
	if (rte_eal_init(argc, argv) < 0)
		return 1;
	status = rte_power_init(LCORE);
	printf("init %d %s %u P-states\n", status, rte_power_get_env() == PM_ENV_ACPI_CPUFREQ ? "acpi" : "another", rte_power_freqs(LCORE, khz, MOST));
	while (fgets(line, sizeof(line), stdin) != NULL && strcmp(line, "exit\n") != 0) {
		status = change(line);
		printf("%.*s: %d, at %u\n", (int)strcspn(line, "\n"), line, status, rte_power_get_freq(LCORE));
	}
	printf("exit: %d\n", rte_power_exit(LCORE));
	return 0;
}
