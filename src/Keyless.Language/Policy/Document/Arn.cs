namespace Keyless.Language.Policy.Document;

/// <summary>
/// An Amazon Resource Name, <c>arn:partition:service:region:account:resource</c>, split once; the resource keeps further colons.
/// IAM User Guide, "Identify AWS resources with ARNs". Reading its fields allocates nothing.
/// </summary>
public readonly record struct Arn
{
    private readonly int _service;
    private readonly int _region;
    private readonly int _account;
    private readonly int _resource;

    private Arn(string text, int service, int region, int account, int resource) =>
        (Text, _service, _region, _account, _resource) = (text, service, region, account, resource);

    /// <summary>The whole name; null only in the default value, which is no ARN.</summary>
    public string? Text { get; }

    public bool IsEmpty => Text is null;

    public ReadOnlySpan<char> Partition => Text.AsSpan(4, _service - 5);

    public ReadOnlySpan<char> Service => Text.AsSpan(_service, _region - _service - 1);

    public ReadOnlySpan<char> Region => Text.AsSpan(_region, _account - _region - 1);

    public ReadOnlySpan<char> Account => Text.AsSpan(_account, _resource - _account - 1);

    public ReadOnlySpan<char> Resource => Text.AsSpan(_resource);

    /// <summary>Field 0 (<c>arn</c>) to 5 (the resource).</summary>
    public ReadOnlySpan<char> this[int field] => field switch
    {
        0 => Text.AsSpan(0, 3),
        1 => Partition,
        2 => Service,
        3 => Region,
        4 => Account,
        _ => Resource,
    };

    public static bool TryParse(string? text, out Arn arn)
    {
        arn = default;
        if (text is null || !text.StartsWith("arn:", StringComparison.Ordinal))
        {
            return false;
        }

        Span<int> starts = stackalloc int[5];
        var at = 4;
        for (var field = 1; field < 5; field++)
        {
            var colon = text.AsSpan(at).IndexOf(':');
            if (colon < 0)
            {
                return false;
            }

            at += colon + 1;
            starts[field] = at;
        }

        arn = new Arn(text, starts[1], starts[2], starts[3], starts[4]);
        return true;
    }

    /// <summary>Whether the text is one of AWS's twelve-digit account numbers.</summary>
    public static bool IsAccountId(ReadOnlySpan<char> text) => text.Length == 12 && !text.ContainsAnyExceptInRange('0', '9');

    public override string ToString() => Text ?? "";
}
