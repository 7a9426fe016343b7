namespace PollScale.Native;

/// <summary>Who may have a hand in a file that is opened.</summary>
internal enum FileTrust
{
    /// <summary>Anyone: what it says is taken as hostile. A symbolic link at the end of the path is refused.</summary>
    Anyone,

    /// <summary>Its owner, whoever that is, but not every user: neither the file nor a folder on its way may be replaced or written by all.</summary>
    NotEverybody,

    /// <summary>Root and this user only, on the whole way from "/". Of groups, root's and, unless this user is root, its own.</summary>
    OnlyUs,
}
