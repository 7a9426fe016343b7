using System.Runtime.CompilerServices;
using PollScale.Native.Trampolines;

namespace PollScale.Native;

/// <summary>
/// The instructions C# cannot emit, as functions. All sit in one code page that lives as long as the process.
/// </summary>
// SAFETY: each pointer leads to a trampoline of its signature in a page that is never freed; what the code does to memory is its caller's to allow.
internal static unsafe class NativeCode
{
    private const int Alignment = 64;
    private const byte Int3 = 0xCC;

    private static readonly CodePage s_page = new(Layout());
    private static readonly delegate* unmanaged[SuppressGCTransition]<ulong> s_rdtsc = (delegate* unmanaged[SuppressGCTransition]<ulong>)s_page.AddressOf(Offset(Function.Rdtsc));
    private static readonly delegate* unmanaged[SuppressGCTransition]<uint*, ulong> s_rdtscp = (delegate* unmanaged[SuppressGCTransition]<uint*, ulong>)s_page.AddressOf(Offset(Function.Rdtscp));
    private static readonly delegate* unmanaged<ulong, long, ulong, long> s_vmcall = (delegate* unmanaged<ulong, long, ulong, long>)s_page.AddressOf(Offset(Function.Vmcall));
    private static readonly delegate* unmanaged<ulong, long, ulong, long> s_vmmcall = (delegate* unmanaged<ulong, long, ulong, long>)s_page.AddressOf(Offset(Function.Vmmcall));
    private static readonly delegate* unmanaged<uint, uint> s_port = (delegate* unmanaged<uint, uint>)s_page.AddressOf(Offset(Function.Port));
    private static readonly delegate* unmanaged<void*, uint> s_mmio = (delegate* unmanaged<void*, uint>)s_page.AddressOf(Offset(Function.Mmio));
    private static readonly delegate* unmanaged<uint, ulong, uint> s_tpause = (delegate* unmanaged<uint, ulong, uint>)s_page.AddressOf(Offset(Function.Tpause));
    private static readonly delegate* unmanaged<uint*, uint, uint, ulong, uint> s_umwait = (delegate* unmanaged<uint*, uint, uint, ulong, uint>)s_page.AddressOf(Offset(Function.Umwait));
    private static readonly delegate* unmanaged<void*, long, long, long*, long> s_vforkProbe = (delegate* unmanaged<void*, long, long, long*, long>)s_page.AddressOf(Offset(Function.VforkProbe));

    /// <summary>The time-stamp counter; the CPU may read it earlier or later than neighbouring instructions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Rdtsc() => s_rdtsc();

    /// <summary>The time-stamp counter after all earlier instructions.</summary>
    /// <param name="aux">IA32_TSC_AUX: on Linux, node &lt;&lt; 12 | CPU.</param>
    public static ulong Rdtscp(out uint aux)
    {
        fixed (uint* pointer = &aux)
        {
            return s_rdtscp(pointer);
        }
    }

    /// <summary><c>vmcall</c>. Where no hypervisor takes it, it ends the process: see <see cref="CrashSafeProbe"/>.</summary>
    /// <param name="number">Call number (rax).</param>
    /// <param name="argument">Argument (rbx and rdi).</param>
    /// <param name="sequence">Number of the request in a shared page (rcx); 0 for none.</param>
    /// <returns>rax.</returns>
    public static long Vmcall(ulong number, long argument, ulong sequence = 0) => s_vmcall(number, argument, sequence);

    /// <summary><c>vmmcall</c>. Where no hypervisor takes it, it ends the process: see <see cref="CrashSafeProbe"/>.</summary>
    /// <param name="number">Call number (rax).</param>
    /// <param name="argument">Argument (rbx and rdi).</param>
    /// <param name="sequence">Number of the request in a shared page (rcx); 0 for none.</param>
    /// <returns>rax.</returns>
    public static long Vmmcall(ulong number, long argument, ulong sequence = 0) => s_vmmcall(number, argument, sequence);

    /// <summary><c>in eax, dx</c>. The calling thread needs permission for the port (<see cref="LibC.ioperm"/>), or it gets SIGSEGV.</summary>
    /// <param name="port">First of four ports.</param>
    public static uint PortRead(ushort port) => s_port(port);

    /// <summary>A 32-bit load that is one plain <c>mov</c>, as a device's register wants.</summary>
    /// <param name="address">A mapped address, a multiple of 4.</param>
    public static uint MmioRead(void* address) => s_mmio(address);

    /// <summary><c>tpause</c>: waits until a time of the TSC, an interrupt or the system's limit. Without <see cref="WaitPackage"/> it ends the process.</summary>
    /// <param name="control"><see cref="WaitPackage.Deep"/> or <see cref="WaitPackage.Light"/>; anything else ends the process.</param>
    /// <param name="deadline">TSC at the end.</param>
    /// <returns>True when the system's limit ended it.</returns>
    public static bool Tpause(uint control, ulong deadline) => s_tpause(control, deadline) != 0;

    /// <summary><c>umonitor</c> and <c>umwait</c>: as <see cref="Tpause"/>, and a store to the word's cache line ends it too. At once where the word is another already.</summary>
    /// <param name="word">Memory of write-back type, a multiple of 4.</param>
    /// <param name="seen">What it held when there was nothing to do.</param>
    /// <param name="control"><see cref="WaitPackage.Deep"/> or <see cref="WaitPackage.Light"/>; anything else ends the process.</param>
    /// <param name="deadline">TSC at the end.</param>
    /// <returns>True when the system's limit ended it.</returns>
    public static bool Umwait(ref readonly uint word, uint seen, uint control, ulong deadline)
    {
        fixed (uint* address = &word)
        {
            return s_umwait(address, seen, control, deadline) != 0;
        }
    }

    /// <summary>First instruction of <see cref="Vmcall"/>: a System V function <c>long f(ulong number, long argument, ulong sequence)</c>, for machine code that calls it.</summary>
    public static void* VmcallAddress => s_vmcall;

    /// <summary>First instruction of <see cref="Vmmcall"/>: a System V function <c>long f(ulong number, long argument, ulong sequence)</c>, for machine code that calls it.</summary>
    public static void* VmmcallAddress => s_vmmcall;

    /// <summary>First instruction of <see cref="PortRead"/>: a System V function <c>uint f(uint port)</c>, for machine code that calls it.</summary>
    public static void* PortReadAddress => s_port;

    /// <summary>First instruction of <see cref="MmioRead"/>: a System V function <c>uint f(void* address)</c>, for machine code that calls it.</summary>
    public static void* MmioReadAddress => s_mmio;

    internal static long VforkProbe(void* function, long a, long b, long* result) => s_vforkProbe(function, a, b, result);

    private static ReadOnlySpan<byte> Code(Function function) => function switch
    {
        Function.Rdtsc => RdtscTrampoline.Code,
        Function.Rdtscp => RdtscpTrampoline.Code,
        Function.Vmcall => VmcallTrampoline.Code,
        Function.Vmmcall => VmmcallTrampoline.Code,
        Function.Port => PortTrampoline.Code,
        Function.Mmio => MmioTrampoline.Code,
        Function.Tpause => TpauseTrampoline.Code,
        Function.Umwait => UmwaitTrampoline.Code,
        Function.VforkProbe => VforkProbeTrampoline.Code,
        _ => default,
    };

    private static int Offset(Function function)
    {
        int offset = 0;
        for (Function before = 0; before < function; before++)
        {
            offset += (Code(before).Length + Alignment - 1) / Alignment * Alignment;
        }

        return offset;
    }

    private static byte[] Layout()
    {
        byte[] layout = new byte[Offset(Function.Count)];
        layout.AsSpan().Fill(Int3);
        for (Function function = 0; function < Function.Count; function++)
        {
            Code(function).CopyTo(layout.AsSpan(Offset(function)));
        }

        return layout;
    }

    private enum Function
    {
        Rdtsc,
        Rdtscp,
        Vmcall,
        Vmmcall,
        Port,
        Mmio,
        Tpause,
        Umwait,
        VforkProbe,
        Count,
    }
}
