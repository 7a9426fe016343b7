using System.ComponentModel;
using PollScale.Native;

namespace PollScale.Tests.Shared;

/// <summary>Whether this user may load BPF programs here.</summary>
internal static class BpfHere
{
    private static readonly Lazy<string?> s_missing = new(Find);

    /// <summary>Why not; null where they may be loaded.</summary>
    public static string? Missing => s_missing.Value;

    private static string? Find()
    {
        try
        {
            using BpfProgram least = BpfProgram.Load(new BpfAssembler().Emit(BpfInstruction.Compute(BpfOperation.Move, BpfRegister.R0, 0), "nothing").Emit(BpfInstruction.Exit, "done").Build(), "least");
            return null;
        }
        catch (Win32Exception e) when (e.NativeErrorCode is LibC.EPERM or LibC.ENOSYS)
        {
            return $"No BPF program may be loaded here: {e.Message}";
        }
    }
}
