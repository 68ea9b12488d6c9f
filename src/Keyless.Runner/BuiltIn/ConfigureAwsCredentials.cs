using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Keyless.Runner.BuiltIn;

/// <summary>
/// <c>aws-actions/configure-aws-credentials</c>, built in: every release's inputs, flows, outputs, masks and messages, without a
/// download and without the twelve tries with which the published ones repeat a permanent denial.
/// </summary>
public sealed partial class ConfigureAwsCredentials(ActionHost host, HttpClient http, Uri sandbox, TimeProvider time)
{
    private const string UserAgent = "configure-aws-credentials-for-github-actions";
    private const int LongestTagKey = 128;
    private const int LongestTagValue = 256;
    private const int MostTags = 50;

    /// <summary>Variables that fill an empty input from v4.2 on.</summary>
    private static readonly HashSet<string> InputVariables =
    [
        "AWS_REGION", "ROLE_TO_ASSUME", "WEB_IDENTITY_TOKEN_FILE", "ROLE_CHAINING", "MASK_AWS_ACCOUNT_ID", "ROLE_DURATION_SECONDS",
        "ROLE_EXTERNAL_ID", "ROLE_SESSION_NAME", "ROLE_SKIP_SESSION_TAGGING", "TRANSITIVE_TAG_KEYS", "INLINE_SESSION_POLICY",
        "MANAGED_SESSION_POLICIES", "OUTPUT_CREDENTIALS", "UNSET_CURRENT_CREDENTIALS", "USE_EXISTING_CREDENTIALS", "OVERWRITE_AWS_PROFILE",
    ];

    private static readonly (string Key, string Variable)[] BasicTags =
    [
        ("Repository", "GITHUB_REPOSITORY"), ("Workflow", "GITHUB_WORKFLOW"), ("Action", "GITHUB_ACTION"), ("Actor", "GITHUB_ACTOR"),
        ("Commit", "GITHUB_SHA"), ("Branch", "GITHUB_REF"),
    ];

    /// <summary>Sent from v6.2 on, and left out at a second try when all tags together are too large.</summary>
    private static readonly (string Key, string Variable)[] FurtherTags =
    [
        ("EventName", "GITHUB_EVENT_NAME"), ("BaseRef", "GITHUB_BASE_REF"), ("HeadRef", "GITHUB_HEAD_REF"), ("RunId", "GITHUB_RUN_ID"),
        ("Job", "GITHUB_JOB"), ("TriggeringActor", "GITHUB_TRIGGERING_ACTOR"),
    ];

    /// <summary>Every input with the release that brought it.</summary>
    private static readonly (string Name, ActionVersion Since)[] Inputs =
    [
        ("aws-region", default), ("role-to-assume", default), ("aws-access-key-id", default), ("aws-secret-access-key", default), ("aws-session-token", default),
        ("web-identity-token-file", default), ("audience", default), ("role-duration-seconds", default), ("role-session-name", default), ("role-external-id", default),
        ("role-skip-session-tagging", default), ("mask-aws-account-id", default), ("http-proxy", new(2, 0, 0)), ("role-chaining", new(2, 1, 0)),
        ("inline-session-policy", new(2, 2, 0)), ("managed-session-policies", new(2, 2, 0)), ("output-credentials", new(3, 0, 0)), ("unset-current-credentials", new(3, 0, 0)),
        ("disable-retry", new(3, 0, 0)), ("retry-max-attempts", new(3, 0, 0)), ("special-characters-workaround", new(3, 0, 1)), ("use-existing-credentials", new(4, 1, 0)),
        ("output-env-credentials", new(4, 3, 0)), ("no-proxy", new(5, 1, 0)), ("allowed-account-ids", new(5, 0, 0)), ("force-skip-oidc", new(5, 0, 0)),
        ("action-timeout-s", new(5, 1, 0)), ("transitive-tag-keys", new(6, 0, 0)), ("aws-profile", new(6, 1, 0)), ("overwrite-aws-profile", new(6, 1, 0)),
        ("custom-tags", new(6, 2, 0)), ("sts-endpoint", new(6, 2, 0)),
    ];

    private readonly Dictionary<string, string> _exported = new(StringComparer.Ordinal);

    private ActionVersion Version => host.Version;

    /// <summary>From here on errors name the call that failed.</summary>
    private bool NamesCalls => Version.IsAtLeast(3);

    /// <summary>The inputs that a release knows.</summary>
    public static IReadOnlyCollection<string> InputsOf(ActionVersion version) => [.. Inputs.Where(input => version.CompareTo(input.Since) >= 0).Select(input => input.Name)];

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await RunCoreAsync(cancellation);
        }
        catch (ActionFailure failure)
        {
            host.Fail(failure.Message);
        }
    }

    /// <summary>The post step: the variables are emptied, never unset.</summary>
    public void CleanUp()
    {
        if (Version.IsAtLeast(6, 1) && host.Variable("AWS_SKIP_CLEANUP_STEP") == "true")
        {
            return;
        }

        foreach (var name in (string[])["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_REGION"])
        {
            host.ExportVariable(name, "");
        }

        if (Version.IsAtLeast(6, 1) && host.State("aws-profile").Length > 0)
        {
            host.ExportVariable("AWS_PROFILE", "");
        }
    }

    private async Task RunCoreAsync(CancellationToken cancellation)
    {
        // 1. Inputs, in the order in which the releases check them.
        var region = Input("aws-region") is { Length: > 0 } given ? given : throw new ActionFailure("Input required and not supplied: aws-region");
        var role = Input("role-to-assume");
        var keyId = Input("aws-access-key-id");
        var tokenFile = Input("web-identity-token-file");
        var chaining = Flag("role-chaining");
        var profile = Version.IsAtLeast(6, 1) ? Input("aws-profile") : "";
        var outputCredentials = Flag("output-credentials");
        var outputEnvironment = !Version.IsAtLeast(4, 3) || Flag("output-env-credentials", whenEmpty: profile.Length == 0);
        var maskAccount = NamesCalls ? Flag("mask-aws-account-id") : Input("mask-aws-account-id") is "" or "true" or "TRUE" or "True";
        var skipOidc = Version.IsAtLeast(5) && Flag("force-skip-oidc");
        var allowedAccounts = Version.IsAtLeast(5) ? Input("allowed-account-ids").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [];
        var sessionName = Input("role-session-name") is { Length: > 0 } name ? name : "GitHubActions";
        if (skipOidc && role.Length > 0 && keyId.Length == 0 && tokenFile.Length == 0)
        {
            throw new ActionFailure("If 'force-skip-oidc' is true and 'role-to-assume' is set, 'aws-access-key-id' or 'web-identity-token-file' must be set");
        }

        var asksForToken = role.Length > 0 && keyId.Length == 0 && tokenFile.Length == 0 && !chaining && !skipOidc;
        var hasToken = host.Variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN").Length > 0;
        if (NamesCalls && asksForToken && !hasToken)
        {
            host.Info("It looks like you might be trying to authenticate with OIDC. Did you mean to set the `id-token` permission? If you are not trying to authenticate with OIDC and the action is working successfully, you can ignore this message.");
        }

        if (Flag("unset-current-credentials") && NamesCalls && outputEnvironment)
        {
            foreach (var variable in (string[])["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"])
            {
                Export(variable, "");
            }
        }

        if (!Region().IsMatch(region))
        {
            throw new ActionFailure($"Region is not valid: {region}");
        }

        if (Version.IsAtLeast(6, 2))
        {
            CheckSessionName(sessionName);
        }

        if (outputEnvironment)
        {
            Export("AWS_DEFAULT_REGION", region);
            Export("AWS_REGION", region);
        }

        var endpoint = Version.IsAtLeast(6, 2) && Uri.TryCreate(Input("sts-endpoint"), UriKind.Absolute, out var own) ? own : sandbox;
        var sts = new StsClient(http, endpoint, region, UserAgent, time);

        // 2. Credentials that are there already.
        if (Version.IsAtLeast(4, 1) && (Version.IsAtLeast(5) ? Input("use-existing-credentials").Length > 0 : Flag("use-existing-credentials")))
        {
            if (AmbientCredentials() is { } existing && await sts.CallAsync("GetCallerIdentity", [], existing, cancellation) is StsAnswer.Done)
            {
                host.Notice("Pre-existing credentials are valid. No need to generate new ones.");
                return;
            }

            host.Notice("No valid credentials exist. Running as normal.");
        }

        // 3. What vouches for the role call: a token of the job, keys, the environment, or a token file.
        var withToken = asksForToken && hasToken;
        AwsCredentials? source = null;
        string? sourceAccount = null;
        var jobToken = "";
        if (withToken)
        {
            jobToken = await JobTokenAsync(cancellation);
        }
        else
        {
            if (keyId.Length > 0)
            {
                source = StaticKeys(keyId);
                ExportCredentials(source, outputCredentials, outputEnvironment);
            }

            // v1 and v2 want working credentials even when a token file brings its own.
            if (tokenFile.Length == 0 || keyId.Length > 0 || !NamesCalls)
            {
                source ??= AmbientCredentials() ?? throw new ActionFailure("Credentials could not be loaded, please check your action inputs: Could not load credentials from any providers");
                (sourceAccount, var sourceArn) = await IdentityAsync(sts, source, cancellation);
                if (role.Length == 0)
                {
                    CheckAccount(allowedAccounts, sourceAccount);
                }

                if (outputEnvironment)
                {
                    OutputIdentity(sourceAccount, sourceArn, maskAccount);
                }
            }
        }

        if (role.Length == 0)
        {
            if (Version.IsAtLeast(4))
            {
                host.Info("Proceeding with IAM user credentials");
            }

            WriteProfile(profile, source, region, outputEnvironment);
            return;
        }

        if (Version.IsAtLeast(6, 2) && Input("custom-tags").Length > 0 && (withToken || tokenFile.Length > 0))
        {
            host.Warning("'custom-tags' is set but will be ignored because session tags cannot be applied when using OIDC or web identity token authentication. Tags are controlled by the identity provider token claims in these authentication flows.");
        }

        // 4. The role.
        var assumed = await AssumeAsync(sts, role, sessionName, source, sourceAccount, withToken ? jobToken : null, tokenFile, cancellation);
        ExportCredentials(assumed, outputCredentials, outputEnvironment);

        // 5. Who we are now. v2 to v5 ask with the source's credentials when chaining: their client keeps them.
        var asking = chaining && !Version.IsAtLeast(6) && source is not null ? source : assumed;
        if (outputEnvironment || Version.IsAtLeast(6))
        {
            var (account, arn) = await IdentityAsync(sts, asking, cancellation);
            if (!withToken || Version.IsAtLeast(6, 2, 1))
            {
                CheckAccount(allowedAccounts, account);
            }

            if (outputEnvironment)
            {
                OutputIdentity(account, arn, maskAccount);
            }
        }

        WriteProfile(profile, assumed, region, outputEnvironment);
    }

    private async Task<string> JobTokenAsync(CancellationToken cancellation)
    {
        var (token, problem) = await TokenRequest.SendAsync(host, http, Input("audience") is { Length: > 0 } audience ? audience : "sts.amazonaws.com", cancellation);
        if (token is null)
        {
            throw new ActionFailure(NamesCalls ? $"getIDToken call failed: {problem}" : problem!);
        }

        host.SetSecret(token);
        return token;
    }

    private AwsCredentials StaticKeys(string keyId) =>
        Input("aws-secret-access-key") is { Length: > 0 } secret
            ? new AwsCredentials(keyId, secret, Input("aws-session-token") is { Length: > 0 } token ? token : null)
            : throw new ActionFailure("'aws-secret-access-key' must be provided if 'aws-access-key-id' is provided");

    /// <summary>The credentials of the environment; files and metadata services do not exist in a fresh home on one machine.</summary>
    private AwsCredentials? AmbientCredentials() =>
        Current("AWS_ACCESS_KEY_ID") is { Length: > 0 } id && Current("AWS_SECRET_ACCESS_KEY") is { Length: > 0 } secret
            ? new AwsCredentials(id, secret, Current("AWS_SESSION_TOKEN") is { Length: > 0 } token ? token : null)
            : null;

    private async Task<AwsCredentials> AssumeAsync(
        StsClient sts, string role, string sessionName, AwsCredentials? source, string? sourceAccount, string? jobToken, string tokenFile, CancellationToken cancellation)
    {
        string[] needed = ["GITHUB_REPOSITORY", "GITHUB_WORKFLOW", "GITHUB_ACTION", "GITHUB_ACTOR", "GITHUB_SHA", .. NamesCalls ? (string[])["GITHUB_WORKSPACE"] : []];
        if (needed.Any(variable => host.Variable(variable).Length == 0))
        {
            throw new ActionFailure($"Missing required environment {(NamesCalls ? "variables" : "value")}. Are you running in GitHub Actions?");
        }

        if (!role.StartsWith("arn:aws", StringComparison.Ordinal))
        {
            role = sourceAccount is null
                ? throw new ActionFailure("Source Account ID is needed if the Role Name is provided and not the Role Arn.")
                : $"arn:aws:iam::{sourceAccount}:role/{role}";
        }

        var (webToken, call) = (jobToken, "with OIDC");
        if (webToken is null && tokenFile.Length > 0)
        {
            (webToken, call) = (ReadTokenFile(tokenFile), "with web identity token file");
        }
        else if (webToken is null)
        {
            call = "with user credentials";
        }

        if (NamesCalls)
        {
            host.Info($"Assuming role {call}");
        }

        var parameters = Parameters(role, sessionName, usesToken: jobToken is not null, hasSessionToken: source?.SessionToken is not null);
        var answer = webToken is not null
            ? await sts.CallAsync("AssumeRoleWithWebIdentity", [.. parameters, new("WebIdentityToken", webToken)], null, cancellation)
            : await AssumeWithTagsAsync(sts, parameters, source!, cancellation);
        if (answer is not StsAnswer.Done done)
        {
            var refused = (StsAnswer.Refused)answer;
            throw new ActionFailure(NamesCalls ? $"Could not assume role {call}: {refused.Message}" : refused.Message);
        }

        if (NamesCalls)
        {
            host.Info($"Authenticated as assumedRoleId {done["AssumedRoleUser", "AssumedRoleId"]}");
        }

        return new AwsCredentials(done["Credentials", "AccessKeyId"], done["Credentials", "SecretAccessKey"], done["Credentials", "SessionToken"])
        {
            Expiration = done["Credentials", "Expiration"],
        };
    }

    private async Task<StsAnswer> AssumeWithTagsAsync(StsClient sts, List<KeyValuePair<string, string>> parameters, AwsCredentials source, CancellationToken cancellation)
    {
        if (Flag("role-skip-session-tagging"))
        {
            host.Debug("Role session tagging has been skipped.");
            return await sts.CallAsync("AssumeRole", parameters, source, cancellation);
        }

        var further = Version.IsAtLeast(6, 2);
        var answer = await sts.CallAsync("AssumeRole", [.. parameters, .. Tags(further)], source, cancellation);
        if (answer is StsAnswer.Refused { Code: "PackedPolicyTooLarge" } && further)
        {
            host.Info("Session tag size is too large; dropping droppable tags and retrying.");
            answer = await sts.CallAsync("AssumeRole", [.. parameters, .. Tags(further: false)], source, cancellation);
        }

        return answer;
    }

    private List<KeyValuePair<string, string>> Parameters(string role, string sessionName, bool usesToken, bool hasSessionToken)
    {
        var parameters = new List<KeyValuePair<string, string>>
        {
            new("RoleArn", role),
            new("RoleSessionName", sessionName),
            new("DurationSeconds", Duration(usesToken, hasSessionToken)),
        };
        Add("ExternalId", Input("role-external-id"));
        if (Version.IsAtLeast(2, 2))
        {
            Add("Policy", Input("inline-session-policy"));
            var arns = Lines("managed-session-policies");
            for (var i = 0; i < arns.Length; i++)
            {
                Add(string.Create(CultureInfo.InvariantCulture, $"PolicyArns.member.{i + 1}.arn"), arns[i]);
            }
        }

        return parameters;

        void Add(string name, string value)
        {
            if (value.Length > 0)
            {
                parameters.Add(new(name, value));
            }
        }
    }

    /// <summary>v1 and v2 take six hours unless the credentials cannot last that long; later releases one hour, also for what is no number.</summary>
    private string Duration(bool usesToken, bool hasSessionToken)
    {
        const string Hour = "3600", SixHours = "21600";
        var given = Input("role-duration-seconds");
        if (NamesCalls)
        {
            var digits = LeadingNumber().Match(given);
            return digits.Success && long.TryParse(digits.ValueSpan, CultureInfo.InvariantCulture, out var seconds) && seconds != 0
                ? seconds.ToString(CultureInfo.InvariantCulture)
                : Hour;
        }

        var shorter = usesToken || (Version.IsAtLeast(2) && (hasSessionToken || Flag("role-chaining")));
        return given.Length > 0 ? given : shorter ? Hour : SixHours;
    }

    private IEnumerable<KeyValuePair<string, string>> Tags(bool further)
    {
        var tags = new List<(string Key, string Value)> { ("GitHub", "Actions") };
        foreach (var (key, variable) in (IEnumerable<(string, string)>)(further ? [.. BasicTags, .. FurtherTags] : BasicTags))
        {
            if (host.Variable(variable) is { Length: > 0 } value)
            {
                tags.Add((key, Sanitise(key, value)));
            }
        }

        if (Version.IsAtLeast(6, 2) && Input("custom-tags") is { Length: > 0 } custom)
        {
            tags.AddRange(CustomTags(custom));
            if (tags.Count > MostTags)
            {
                throw new ActionFailure($"custom-tags: total session tags ({tags.Count}) would exceed the AWS limit of {MostTags}");
            }
        }

        for (var i = 0; i < tags.Count; i++)
        {
            yield return new(string.Create(CultureInfo.InvariantCulture, $"Tags.member.{i + 1}.Key"), tags[i].Key);
            yield return new(string.Create(CultureInfo.InvariantCulture, $"Tags.member.{i + 1}.Value"), tags[i].Value);
        }

        var transitive = Version.IsAtLeast(6) ? Lines("transitive-tag-keys").Where(key => tags.Any(tag => tag.Key == key)).ToList() : [];
        for (var i = 0; i < transitive.Count; i++)
        {
            yield return new(string.Create(CultureInfo.InvariantCulture, $"TransitiveTagKeys.member.{i + 1}"), transitive[i]);
        }

        if (Version.IsAtLeast(6) && transitive.Count == 0)
        {
            yield return new("TransitiveTagKeys", "");
        }
    }

    /// <summary>The input <c>custom-tags</c>: a JSON object of scalars, none of them a tag that the action sets itself.</summary>
    private static List<(string Key, string Value)> CustomTags(string text)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            throw new ActionFailure("custom-tags: input is not valid JSON");
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new ActionFailure("custom-tags: input must be a JSON object (not an array or primitive)");
            }

            var tags = new List<(string, string)>();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                var (key, value) = (member.Name, member.Value.ToString());
                var fault =
                    member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null ? $"value for key '{key}' must be a string, number, or boolean (not an object or array)"
                    : key.Length is 0 or > LongestTagKey ? $"key '{key}' must be between 1 and {LongestTagKey} characters"
                    : value.Length > LongestTagValue ? $"value for key '{key}' exceeds maximum length of {LongestTagValue} characters"
                    : NotInTags().IsMatch(key) ? $"key '{key}' contains invalid characters. Allowed: unicode letters, digits, spaces, and _.:/=+-@"
                    : NotInTags().IsMatch(value) ? $"value for key '{key}' contains invalid characters. Allowed: unicode letters, digits, spaces, and _.:/=+-@"
                    : key == "GitHub" || BasicTags.Concat(FurtherTags).Any(tag => tag.Key == key) ? $"key '{key}' conflicts with a protected session tag set by this action and cannot be overridden"
                    : null;
                if (fault is not null)
                {
                    throw new ActionFailure($"custom-tags: {fault}");
                }

                tags.Add((key, member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.ToLowerInvariant() : value));
            }

            return tags;
        }
    }

    private string Sanitise(string key, string value)
    {
        if (!NamesCalls && key != "Workflow")
        {
            return key == "Actor" ? value.Replace('[', '_').Replace(']', '_') : value;
        }

        return (NamesCalls && !Version.IsAtLeast(6, 2) && key is not ("Workflow" or "Actor" or "Branch")) || value.Length == 0
            ? value
            : NotInTags().Replace(value, "_") is var clean && clean.Length > LongestTagValue ? clean[..LongestTagValue] : clean;
    }

    private string ReadTokenFile(string path)
    {
        var full = Path.IsPathRooted(path) ? path : Path.Combine(host.Variable("GITHUB_WORKSPACE"), path);
        return File.Exists(full) ? File.ReadAllText(full) : throw new ActionFailure($"Web identity token file does not exist: {full}");
    }

    private async Task<(string Account, string Arn)> IdentityAsync(StsClient sts, AwsCredentials credentials, CancellationToken cancellation) =>
        await sts.CallAsync("GetCallerIdentity", [], credentials, cancellation) switch
        {
            StsAnswer.Done done => (done["Account"], done["Arn"]),
            StsAnswer.Refused refused => throw new ActionFailure(refused.Message),
            _ => throw new InvalidOperationException("an answer is done or refused"),
        };

    private void OutputIdentity(string account, string arn, bool mask)
    {
        if (mask)
        {
            host.SetSecret(account);
            if (Version.IsAtLeast(4, 3))
            {
                host.SetSecret(arn);
            }
        }

        host.SetOutput("aws-account-id", account);
        if (Version.IsAtLeast(4, 3))
        {
            host.SetOutput("authenticated-arn", arn);
        }
    }

    private void ExportCredentials(AwsCredentials credentials, bool outputs, bool environment)
    {
        host.SetSecret(credentials.AccessKeyId);
        host.SetSecret(credentials.SecretAccessKey);
        if (credentials.SessionToken is { } secret)
        {
            host.SetSecret(secret);
        }

        if (environment)
        {
            Export("AWS_ACCESS_KEY_ID", credentials.AccessKeyId);
            Export("AWS_SECRET_ACCESS_KEY", credentials.SecretAccessKey);
            if (credentials.SessionToken is { } token)
            {
                Export("AWS_SESSION_TOKEN", token);
            }
            else if (Current("AWS_SESSION_TOKEN").Length > 0)
            {
                Export("AWS_SESSION_TOKEN", "");
            }
        }

        if (outputs && NamesCalls)
        {
            host.SetOutput("aws-access-key-id", credentials.AccessKeyId);
            host.SetOutput("aws-secret-access-key", credentials.SecretAccessKey);
            if (credentials.SessionToken is { } token)
            {
                host.SetOutput("aws-session-token", token);
            }

            if (credentials.Expiration is { } expiration && Version.IsAtLeast(4, 2))
            {
                // A date object turned into text: the quotes are part of the published action's output.
                host.SetOutput("aws-expiration", $"\"{expiration}\"");
            }
        }
    }

    /// <summary>Profile mode of v6.1 on: the shared files of the AWS tools in the job's home.</summary>
    private void WriteProfile(string profile, AwsCredentials? credentials, string region, bool outputEnvironment)
    {
        if (profile.Length == 0 || credentials is null)
        {
            return;
        }

        var folder = Path.Combine(host.Variable("HOME"), ".aws");
        Directory.CreateDirectory(folder);
        var keys = $"aws_access_key_id = {credentials.AccessKeyId}\naws_secret_access_key = {credentials.SecretAccessKey}\n"
            + (credentials.SessionToken is { } token ? $"aws_session_token = {token}\n" : "");
        var written = WriteSection(Path.Combine(folder, "credentials"), profile, keys)
            && WriteSection(Path.Combine(folder, "config"), profile == "default" ? profile : $"profile {profile}", $"region = {region}\n");
        if (!written)
        {
            throw new ActionFailure($"Profile with name \"{profile}\" already exists. Please use the overwrite-aws-profile input if you want to overwrite existing profiles");
        }

        host.SaveState("aws-profile", profile);
        if (outputEnvironment)
        {
            Export("AWS_PROFILE", profile);
        }
    }

    private bool WriteSection(string path, string name, string body)
    {
        var sections = File.Exists(path) ? SectionStart().Split(File.ReadAllText(path)).Where(text => text.Trim().Length > 0).ToList() : [];
        var existing = sections.FindIndex(text => text.StartsWith($"[{name}]", StringComparison.Ordinal));
        if (existing >= 0 && !Flag("overwrite-aws-profile"))
        {
            return false;
        }

        if (existing >= 0)
        {
            sections.RemoveAt(existing);
        }

        sections.Add($"[{name}]\n{body}\n");
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(System.Text.Encoding.UTF8.GetBytes(string.Concat(sections)));
        return true;
    }

    private static void CheckSessionName(string name)
    {
        if (name.Length is < 2 or > 64)
        {
            throw new ActionFailure($"Role session name must be between 2 and 64 characters, got {name.Length}: '{name}'");
        }

        if (!SessionName().IsMatch(name))
        {
            throw new ActionFailure($"Role session name is not valid: '{name}'. Must satisfy regular expression pattern: [\\w+=,.@-]*");
        }
    }

    private static void CheckAccount(string[] allowed, string account)
    {
        if (allowed.Length > 0 && !allowed.Contains(account))
        {
            throw new ActionFailure($"The account ID of the provided credentials ({account}) does not match any of the expected account IDs: {string.Join(", ", allowed)}");
        }
    }

    private string Input(string name)
    {
        var given = host.Input(name);
        var variable = name.ToUpperInvariant().Replace('-', '_');
        return given.Length == 0 && Version.IsAtLeast(4, 2) && InputVariables.Contains(variable) ? host.Variable(variable) : given;
    }

    private string[] Lines(string name) => Input(name).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private bool Flag(string name, bool whenEmpty = false) => (Input(name), Version.IsAtLeast(5)) switch
    {
        ("", _) => whenEmpty,
        ("true" or "True" or "TRUE", _) => true,
        ("false" or "False" or "FALSE", true) => false,
        (_, true) => throw new ActionFailure($"Input does not meet YAML 1.2 \"Core Schema\" specification: {name}\nSupport boolean input list: `true | True | TRUE | false | False | FALSE`"),
        (var text, false) => text.Equals("true", StringComparison.OrdinalIgnoreCase),
    };

    private void Export(string name, string value)
    {
        _exported[name] = value;
        host.ExportVariable(name, value);
    }

    private string Current(string name) => _exported.GetValueOrDefault(name, host.Variable(name));

    [GeneratedRegex("^[a-z0-9-]+$")]
    private static partial Regex Region();

    [GeneratedRegex(@"^[\w+=,.@-]*$", RegexOptions.ECMAScript)]
    private static partial Regex SessionName();

    [GeneratedRegex(@"^-?\d+")]
    private static partial Regex LeadingNumber();

    [GeneratedRegex(@"[^\p{L}\p{Z}\p{N}_.:/=+\-@]")]
    private static partial Regex NotInTags();

    [GeneratedRegex(@"^(?=\[)", RegexOptions.Multiline)]
    private static partial Regex SectionStart();

    /// <summary>Ends the action with an error; never leaves this class.</summary>
    private sealed class ActionFailure(string message) : Exception(message);
}
