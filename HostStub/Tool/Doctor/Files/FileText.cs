namespace PollScale.HostStub.Doctor.Files;

/// <summary>A small file of the kernel's.</summary>
/// <param name="State">What became of reading it.</param>
/// <param name="Text">Its text without blanks around it; the reason where it could not be read.</param>
internal readonly record struct FileText(FileState State, string Text)
{
    /// <summary>It was read.</summary>
    public bool IsRead => State == FileState.Read;
}
