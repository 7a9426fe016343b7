using System.ComponentModel;

namespace PollScale.Native;

/// <summary>Exceptions for failed libc calls.</summary>
internal static class Errno
{
    /// <summary>An exception "operation failed: reason" for the calling thread's last failed libc call.</summary>
    /// <param name="operation">What was tried, with its arguments.</param>
    public static Win32Exception Failure(string operation)
    {
        int error = LibC.errno;
        return new Win32Exception(error, $"{operation} failed: {LibC.strerror(error)}.");
    }
}
