using System.Collections.Immutable;
using Keyless.Language.Workflow.Expressions;

namespace Keyless.Language.Workflow.Schema;

/// <summary>
/// The grammar of workflow files, place by place, with the contexts each place may use. docs.github.com, "Workflow syntax for GitHub Actions"
/// and "Contexts reference", section "Context availability".
/// </summary>
public static class WorkflowSchema
{
    private static readonly Scope RunScope = Scope.Of("github", "inputs", "vars");
    private static readonly Scope EnvScope = Scope.Of("github", "secrets", "inputs", "vars");
    private static readonly Scope NeedsScope = Scope.Of("github", "needs", "vars", "inputs");
    private static readonly Scope JobScope = Scope.Of("github", "needs", "strategy", "matrix", "vars", "inputs");
    private static readonly Scope JobSecretsScope = Scope.Of("github", "needs", "strategy", "matrix", "vars", "inputs", "secrets");
    private static readonly Scope JobEnvScope = Scope.Of("github", "needs", "strategy", "matrix", "vars", "inputs", "env");
    private static readonly Scope CredentialsScope = Scope.Of("github", "needs", "strategy", "matrix", "vars", "inputs", "secrets", "env");
    private static readonly Scope RunnerScope = Scope.Of("github", "needs", "strategy", "matrix", "vars", "inputs", "secrets", "env", "job", "runner", "steps");
    private static readonly Scope UrlScope = Scope.Of("github", "needs", "strategy", "matrix", "vars", "inputs", "env", "job", "runner", "steps");
    private static readonly Scope StepScope = RunnerScope.Plus(Function.HashFiles);
    private static readonly Scope JobIfScope = NeedsScope.Plus(Function.Always, Function.Cancelled, Function.SuccessOfJobs, Function.FailureOfJobs);
    private static readonly Scope StepIfScope = UrlScope.Plus(Function.HashFiles, Function.Always, Function.Cancelled, Function.Success, Function.Failure);

    /// <summary>Any value whatever; also what stands under a key that is an expression.</summary>
    public static readonly Definition Any = MakeAny();

    private static readonly Definition NonEmptyText = new("a text that is not empty") { Text = true, NonEmpty = true };
    private static readonly Definition PlainText = new("a text") { Text = true };
    private static readonly Definition PlainBoolean = new("`true` or `false`") { Boolean = true };

    public static readonly Definition Permissions = MakePermissions();

    public static readonly Definition WorkflowEnv = TextMap("`env`", EnvScope);

    public static readonly Definition RunName = new("`run-name`") { Text = true, Scope = RunScope };

    public static readonly Definition WorkflowConcurrency = Concurrency(RunScope);

    public static readonly Definition JobConcurrency = Concurrency(JobScope);

    public static readonly Definition RunsOn = new("`runs-on`")
    {
        Scope = JobScope,
        Text = true,
        NonEmpty = true,
        Items = NonEmptyText,
        Shapes = [new([new("group", NonEmptyText), new("labels", new Definition("`labels`") { Text = true, NonEmpty = true, Items = NonEmptyText })])],
    };

    public static readonly Definition Needs = new("`needs`") { Text = true, NonEmpty = true, Items = NonEmptyText };

    public static readonly Definition JobIf = new("`if`") { Text = true, IsCondition = true, Scope = JobIfScope };

    public static readonly Definition StepIf = new("`if`") { Text = true, IsCondition = true, Scope = StepIfScope };

    public static readonly Definition JobEnvironment = new("`environment`")
    {
        Scope = JobScope,
        Text = true,
        Shapes =
        [
            new([
                new("name", new Definition("`name`") { Text = true }, Required: true),
                new("url", new Definition("`url`") { Text = true, Scope = UrlScope }),
                new("deployment", new Definition("`deployment`") { Boolean = true }),
            ]),
        ],
    };

    public static readonly Definition JobOutputs = Map("`outputs`", new Definition("an output") { Text = true, Scope = RunnerScope });

    public static readonly Definition JobEnv = TextMap("`env`", JobSecretsScope);

    public static readonly Definition Matrix = MakeMatrix();

    public static readonly Definition Strategy = new("`strategy`")
    {
        Scope = NeedsScope,
        Shapes = [new([new("fail-fast", PlainBoolean), new("max-parallel", new Definition("a number") { Number = true }), new("matrix", Matrix)])],
    };

    public static readonly Definition JobMinutes = new("a number of minutes") { Number = true, Scope = JobScope };

    public static readonly Definition StepMinutes = new("a number of minutes") { Number = true, Scope = StepScope };

    public static readonly Definition JobContinueOnError = new("`true` or `false`") { Boolean = true, Scope = JobScope };

    public static readonly Definition StepContinueOnError = new("`true` or `false`") { Boolean = true, Scope = StepScope };

    public static readonly Definition Container = MakeContainer("`container`", isService: false);

    public static readonly Definition Services = new("`services`") { Scope = JobScope, Shapes = [new([], NonEmptyText, MakeContainer("a service", isService: true))] };

    public static readonly Definition StepEnv = TextMap("`env`", StepScope);

    public static readonly Definition StepWith = TextMap("`with`", StepScope);

    public static readonly Definition StepText = new("a text") { Text = true, Scope = StepScope };

    public static readonly Definition Shell = new("`shell`") { Text = true, NonEmpty = true };

    public static readonly Definition JobDefaults = new("`defaults`")
    {
        Shapes = [new([new("run", new Definition("`run`")
        {
            Scope = JobEnvScope,
            Shapes = [new([new("shell", NonEmptyText), new("working-directory", NonEmptyText)])],
        })])],
    };

    public static readonly Definition WorkflowDefaults = new("`defaults`")
    {
        Shapes = [new([new("run", new Definition("`run`") { Shapes = [new([new("shell", NonEmptyText), new("working-directory", NonEmptyText)])] })])],
    };

    public static readonly Definition Steps = MakeSteps();

    public static readonly Definition CallWith = new("`with`")
    {
        Scope = JobScope,
        Shapes = [new([], NonEmptyText, new Definition("a text, number or boolean") { Text = true, Number = true, Boolean = true })],
    };

    public static readonly Definition CallSecrets = new("`secrets`")
    {
        Text = true,
        Words = ["inherit"],
        Shapes = [new([], NonEmptyText, new Definition("a text") { Text = true, Scope = JobSecretsScope })],
    };

    public static readonly Definition Snapshot = new("`snapshot`")
    {
        Text = true,
        NonEmpty = true,
        Shapes = [new([new("image-name", NonEmptyText, Required: true), new("version", NonEmptyText), new("if", JobIf)])],
    };

    /// <summary>What stands under a job's id: a job with steps, or a call of another workflow.</summary>
    public static readonly Definition Job = new("a job")
    {
        Shapes =
        [
            new([
                new("runs-on", RunsOn, Required: true),
                new("name", new Definition("`name`") { Text = true, Scope = JobScope }),
                new("needs", Needs),
                new("if", JobIf),
                new("permissions", Permissions),
                new("environment", JobEnvironment),
                new("concurrency", JobConcurrency),
                new("outputs", JobOutputs),
                new("env", JobEnv),
                new("defaults", JobDefaults),
                new("strategy", Strategy),
                new("timeout-minutes", JobMinutes),
                new("cancel-timeout-minutes", JobMinutes),
                new("continue-on-error", JobContinueOnError),
                new("container", Container),
                new("services", Services),
                new("steps", Steps),
                new("snapshot", Snapshot),
            ]),
            new([
                new("uses", NonEmptyText, Required: true),
                new("name", new Definition("`name`") { Text = true, Scope = JobScope }),
                new("with", CallWith),
                new("secrets", CallSecrets),
                new("needs", Needs),
                new("if", JobIf),
                new("permissions", Permissions),
                new("concurrency", JobConcurrency),
                new("strategy", Strategy),
            ]),
        ],
    };

    public static readonly Definition Root = new("a workflow")
    {
        Shapes =
        [
            new([
                new("on", OnSchema.On, Required: true),
                new("jobs", new Definition("`jobs`") { Shapes = [new([], new Definition("a job id") { Text = true, NonEmpty = true }, Job)] }, Required: true),
                new("name", PlainText),
                new("description", PlainText),
                new("run-name", RunName),
                new("env", WorkflowEnv),
                new("defaults", WorkflowDefaults),
                new("permissions", Permissions),
                new("concurrency", WorkflowConcurrency),
            ]),
        ],
    };

    private static Definition Map(string name, Definition value, Scope? scope = null) =>
        new(name) { Scope = scope ?? Scope.None, Shapes = [new([], NonEmptyText, value)] };

    private static Definition TextMap(string name, Scope scope) => Map(name, PlainText, scope);

    private static Definition MakeAny()
    {
        var any = new Definition("any value") { Text = true, Number = true, Boolean = true, Null = true };
        any.Items = any;
        any.Shapes = [new([], new Definition("a key") { Text = true, NonEmpty = true }, any)];
        return any;
    }

    private static Definition MakePermissions() => new("`permissions`")
    {
        Text = true,
        Words = ["read-all", "write-all"],
        Shapes = [new([.. PermissionScope.All.Select(s => new Property(s.Name, new Definition($"a level of `{s.Name}`") { Text = true, Words = [.. s.Levels] }))])],
    };

    private static Definition Concurrency(Scope scope) => new("`concurrency`")
    {
        Scope = scope,
        Text = true,
        NonEmpty = true,
        Shapes =
        [
            new([
                new("group", NonEmptyText, Required: true),
                new("cancel-in-progress", PlainBoolean),
                new("queue", new Definition("`queue`") { Text = true, Words = ["single", "max"] }),
            ]),
        ],
    };

    private static Definition MakeMatrix()
    {
        var filters = new Definition("a list of combinations") { Items = new Definition("a combination") { Shapes = [new([], NonEmptyText, Any)] } };
        return new Definition("`matrix`")
        {
            Shapes = [new([new("include", filters), new("exclude", filters)], NonEmptyText, new Definition("a list of values") { Items = Any })],
        };
    }

    private static Definition MakeContainer(string name, bool isService)
    {
        var list = new Definition("a list of texts") { Items = NonEmptyText };
        ImmutableArray<Property> properties =
        [
            new("image", PlainText),
            new("env", TextMap("`env`", RunnerScope)),
            new("ports", list),
            new("volumes", list),
            new("options", NonEmptyText),
            new("credentials", new Definition("`credentials`") { Scope = CredentialsScope, Shapes = [new([new("username", NonEmptyText), new("password", NonEmptyText)])] }),
        ];
        return new Definition(name)
        {
            Scope = JobScope,
            Text = true,
            Shapes = [new(isService ? [.. properties, new("command", NonEmptyText), new("entrypoint", NonEmptyText)] : properties)],
        };
    }

    private static Definition MakeSteps()
    {
        var id = new Definition("a step id") { Text = true, NonEmpty = true };
        ImmutableArray<Property> common =
        [
            new("id", id),
            new("name", new Definition("`name`") { Text = true, Scope = StepScope }),
            new("if", StepIf),
            new("timeout-minutes", StepMinutes),
            new("continue-on-error", StepContinueOnError),
            new("env", StepEnv),
            new("background", PlainBoolean),
        ];
        var steps = new Definition("`steps`");
        var idOrIds = new Definition("a step id or a list of them") { Text = true, NonEmpty = true, Items = id };
        steps.Items = new Definition("a step")
        {
            Shapes =
            [
                new([new("run", new Definition("`run`") { Text = true, Scope = StepScope }, Required: true), .. common, new("working-directory", StepText), new("shell", Shell)]),
                new([new("uses", new Definition("`uses`") { Text = true, NonEmpty = true }, Required: true), .. common, new("with", StepWith)]),
                new([new("wait", idOrIds, Required: true), new("name", StepText), new("if", StepIf)]),
                new([new("wait-all", new Definition("`wait-all`") { Boolean = true, Null = true }, Required: true), new("name", StepText), new("if", StepIf)]),
                new([new("cancel", id, Required: true), new("name", StepText), new("if", StepIf)]),
                new([new("parallel", steps, Required: true), new("name", StepText), new("if", StepIf)]),
            ],
        };
        return steps;
    }
}
