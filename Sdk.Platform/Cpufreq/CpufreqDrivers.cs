namespace PollScale.Cpufreq;

/// <summary>Tells scaling drivers apart.</summary>
/// <remarks>Names and modes: kernel, admin-guide/pm/intel_pstate.rst ("Operation Modes") and admin-guide/pm/amd-pstate.rst ("Driver Operation Modes").</remarks>
internal static class CpufreqDrivers
{
    /// <summary>The driver behind a policy.</summary>
    /// <param name="name">Text of scaling_driver.</param>
    /// <param name="amdStatus">Text of amd_pstate/status; null where there is none (kernels before 6.3).</param>
    public static CpufreqDriver Identify(string name, string? amdStatus) => name switch
    {
        "acpi-cpufreq" => CpufreqDriver.AcpiCpufreq,
        "intel_pstate" => CpufreqDriver.IntelPstateActive,
        "intel_cpufreq" => CpufreqDriver.IntelPstatePassive,
        "amd-pstate" => amdStatus == "guided" ? CpufreqDriver.AmdPstateGuided : CpufreqDriver.AmdPstatePassive,
        "amd-pstate-epp" or "amd_pstate_epp" => CpufreqDriver.AmdPstateActive, // the underscores are kernel 6.3's
        "cppc_cpufreq" => CpufreqDriver.CppcCpufreq,
        _ => CpufreqDriver.Other,
    };

    /// <summary>
    /// True for drivers that choose the P-state themselves: they take no generic governor, so no scaling_setspeed either, and their
    /// "performance" and "powersave" are algorithms of their own (admin-guide/pm/cpufreq.rst, "CPU Initialization").
    /// </summary>
    public static bool ChoosesItself(CpufreqDriver driver) => driver is CpufreqDriver.IntelPstateActive or CpufreqDriver.AmdPstateActive;
}
