namespace PollScale.Cpufreq;

/// <summary>Scaling drivers that are told apart; scaling_driver names them, for AMD together with amd_pstate/status.</summary>
internal enum CpufreqDriver
{
    /// <summary>Another driver; it is taken for one that generic governors work with.</summary>
    Other,

    /// <summary>acpi-cpufreq: a table of P-states from the firmware.</summary>
    AcpiCpufreq,

    /// <summary>intel_pstate in active mode: scaling_driver "intel_pstate". It bypasses governors.</summary>
    IntelPstateActive,

    /// <summary>intel_pstate in passive mode: scaling_driver "intel_cpufreq".</summary>
    IntelPstatePassive,

    /// <summary>amd-pstate in passive mode: scaling_driver "amd-pstate".</summary>
    AmdPstatePassive,

    /// <summary>amd-pstate in active mode: scaling_driver "amd-pstate-epp". It bypasses governors.</summary>
    AmdPstateActive,

    /// <summary>amd-pstate in guided mode: scaling_driver "amd-pstate", status "guided".</summary>
    AmdPstateGuided,

    /// <summary>cppc_cpufreq: ACPI CPPC, on Arm servers.</summary>
    CppcCpufreq,
}
