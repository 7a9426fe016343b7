namespace PollScale.HostStub.Vm;

/// <summary>Environment variables of every guest process, unless told otherwise.</summary>
internal static class GuestEnvironment
{
    /// <summary>
    /// The GC's reservation is bounded, since every reserved gigabyte costs it card tables (NativeAOT reads hex without 0x); a larger gen0 halves its
    /// collections; one CPU needs no more than one heap and no background collector thread.
    /// </summary>
    public static IReadOnlyList<string> Variables { get; } =
    [
        "DOTNET_GCHeapHardLimit=8000000",
        "DOTNET_GCgen0size=2000000",
        "DOTNET_gcConcurrent=0",
        "DOTNET_TieredCompilation=0",
    ];
}
