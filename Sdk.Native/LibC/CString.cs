using System.Runtime.InteropServices.Marshalling;

namespace PollScale.Native;

/// <summary>A string as C takes it, UTF-8 with a zero at its end, for the length of one call.</summary>
internal unsafe ref struct CString
{
    /// <summary>Bytes that the caller lends; a longer string takes memory of its own.</summary>
    public const int Room = 256;

    private Utf8StringMarshaller.ManagedToUnmanagedIn _text;

    /// <param name="text">The string.</param>
    /// <param name="room"><see cref="Room"/> bytes of the caller's stack.</param>
    public CString(string text, Span<byte> room)
    {
        _text.FromManaged(text, room);
        Pointer = _text.ToUnmanaged();
    }

    public readonly byte* Pointer { get; }

    public void Dispose() => _text.Free();
}
