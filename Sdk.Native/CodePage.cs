using System.ComponentModel;
using Microsoft.Win32.SafeHandles;

namespace PollScale.Native;

/// <summary>
/// Machine code in pages of its own. They are writable while they are filled, then readable and executable, never both at once.
/// </summary>
// SAFETY: no byte is written once the page is executable; it is called while a reference keeps it mapped, at an offset inside the code.
internal sealed unsafe class CodePage : IDisposable
{
    private readonly CodePageHandle _handle;

    /// <summary>Makes executable pages that hold <paramref name="code"/>, filled up with int3.</summary>
    /// <param name="code">Position-independent code; not empty.</param>
    /// <exception cref="ArgumentException">The code is empty.</exception>
    /// <exception cref="Win32Exception">The system gave no memory, or forbids executable memory.</exception>
    public CodePage(ReadOnlySpan<byte> code)
    {
        if (code.IsEmpty)
        {
            throw new ArgumentException("A code page needs at least one instruction.", nameof(code));
        }

        nuint length = ((nuint)code.Length + (nuint)Environment.SystemPageSize - 1) / (nuint)Environment.SystemPageSize * (nuint)Environment.SystemPageSize;
        void* memory = LibC.mmap(null, length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1, 0);
        if (memory == LibC.MAP_FAILED)
        {
            throw Errno.Failure($"mmap of {length} bytes for machine code");
        }

        _handle = new CodePageHandle((nint)memory, length);
        Span<byte> page = new(memory, (int)length);
        page.Fill(0xCC);
        code.CopyTo(page);
        Length = code.Length;
        if (LibC.mprotect(memory, length, LibC.PROT_READ | LibC.PROT_EXEC) != 0)
        {
            Exception failure = Errno.Failure("mprotect(PROT_READ | PROT_EXEC) of machine code (a security policy may forbid executable memory)");
            _handle.Dispose();
            throw failure;
        }
    }

    /// <summary>Bytes of code, without the filling.</summary>
    public int Length { get; }

    /// <summary>Calls a System V function <c>nint f(nint a, nint b)</c> in the page; the page stays mapped until it returns.</summary>
    /// <param name="offset">Offset of the function's first byte.</param>
    /// <param name="a">First argument (rdi).</param>
    /// <param name="b">Second argument (rsi).</param>
    /// <returns>rax.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset lies outside the code.</exception>
    /// <exception cref="ObjectDisposedException">The page was freed.</exception>
    public nint Invoke(int offset, nint a = 0, nint b = 0)
    {
        bool held = false;
        try
        {
            _handle.DangerousAddRef(ref held);
            return ((delegate* unmanaged<nint, nint, nint>)AddressOf(offset))(a, b);
        }
        finally
        {
            if (held)
            {
                _handle.DangerousRelease();
            }
        }
    }

    /// <summary>Frees the page once no <see cref="Invoke"/> is under way.</summary>
    public void Dispose() => _handle.Dispose();

    /// <summary>Address of an offset; the caller keeps the page alive as long as it uses it.</summary>
    internal void* AddressOf(int offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, Length);
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return (byte*)_handle.DangerousGetHandle() + offset;
    }

    private sealed class CodePageHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        private readonly nuint _length;

        public CodePageHandle(nint memory, nuint length)
            : base(ownsHandle: true)
        {
            _length = length;
            SetHandle(memory);
        }

        protected override bool ReleaseHandle() => LibC.munmap((void*)handle, _length) == 0;
    }
}
