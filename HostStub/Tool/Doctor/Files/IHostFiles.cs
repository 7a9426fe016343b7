namespace PollScale.HostStub.Doctor.Files;

/// <summary>The machine's files, or a copy elsewhere. Paths are as on the machine: "/sys/...".</summary>
internal interface IHostFiles
{
    /// <summary>Folder that stands for "/"; "" for the machine itself.</summary>
    string Root { get; }

    /// <summary>Reads a small text file.</summary>
    FileText Read(string path);

    /// <summary>Owner and mode; null when they cannot be read.</summary>
    FileOwner? Owner(string path);

    /// <summary>0 when this user may open a file, else the error number.</summary>
    int Check(string path, bool writable);
}
