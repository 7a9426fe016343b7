using System.Text;
using PollScale.Native;

namespace PollScale.Samples.QueueScaler;

/// <summary>Lines on the console by write(2): System.Console's start costs a micro-VM more than all of the lines.</summary>
// SAFETY: the text's bytes are pinned while the kernel reads what is left of them.
internal static unsafe class Output
{
    /// <summary>Writes to standard output.</summary>
    public static void Line(string text) => Write(LibC.STDOUT_FILENO, text);

    /// <summary>Writes to standard error.</summary>
    public static void Error(string text) => Write(LibC.STDERR_FILENO, text);

    private static void Write(int fd, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text + "\n");
        fixed (byte* first = bytes)
        {
            for (int written = 0; written < bytes.Length;)
            {
                nint count = LibC.write(fd, first + written, (nuint)(bytes.Length - written));
                if (count > 0)
                {
                    written += (int)count;
                }
                else if (LibC.errno != LibC.EINTR)
                {
                    return;
                }
            }
        }
    }
}
