package org.openingminute.local.configuration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openingminute.local.configuration.PropertyFile.Line;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Generates {@code docs/configuration.md} from the settings' metadata of the compiler (keys, types, defaults, meanings), from each
 * application.yml (the variables of the keys) and from starts without a variable (which ones are required).
 */
final class Reference {

    private static final Pattern SECRET = Pattern.compile(".*(PASSWORD|SECRET|KEY|KEYS)");
    private static final String NAME_SPACE = "messaging.";
    private static final List<String> LIBRARIES = List.of("service-kit", "messaging");

    private final List<String> complaints = new ArrayList<>();

    /** A configuration key of this project. */
    record Key(String name, String type, String standard, String meaning) {}

    /** Errors in the sources: keys without a meaning, and defaults that differ. */
    List<String> complaints() {
        return complaints;
    }

    String text() throws IOException {
        StringBuilder text = new StringBuilder("""
                # Configuration

                Generated from the code; a test compares it, and writes it again with
                `./mvnw verify -pl local-system -am -Dtest=ConfigurationReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=None -Dfailsafe.failIfNoSpecifiedTests=false -Dconfiguration.write=true`.

                A variable comes from the environment, or else from a file of its name in the folder `SECRETS_DIR` (`/run/secrets`). An
                empty one counts as missing, and is refused where there is a default. A key may also be set on the command line
                (`--notification.pace.lease=40s`), in `SPRING_APPLICATION_JSON` or in a file. Durations: `10s`, `5m`, `48h`.

                *Needed* says where a service does not start without it: `always`, in a `deployed` system, or in a `rehearsal`. An
                unknown key or variable in a service's name spaces stops its start, with a line that names it, its source and the
                nearest known one; so does a variable one typing error away from one that is not set (`PUBLIC_ULR`).

                """);
        Map<Service, List<Variable>> variables = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            variables.put(service, variables(service));
        }
        Map<Variable, List<Service>> readers = new LinkedHashMap<>();
        variables.forEach((service, all) -> all.forEach(
                one -> readers.computeIfAbsent(one, _ -> new ArrayList<>()).add(service)));
        variables.forEach((service, all) -> {
            text.append("## ").append(service.module()).append("\n\n").append(HEAD);
            all.stream()
                    .filter(one -> readers.get(one).size() == 1)
                    .forEach(one -> text.append(one.row(service.prefix())));
            text.append('\n');
        });
        text.append(severalSection(readers)).append(sharedSection()).append(refusals());
        return text.toString();
    }

    /**
     * A variable of a service. Variables of different services are equal if they differ only in the service's prefix.
     *
     * @param key the key, with {@code SERVICE.} for that prefix
     */
    private record Variable(String name, String needed, String standard, String shape, String meaning, String key) {

        String row(String prefix) {
            return "| `%s` | %s | %s | %s | %s%s | `%s` |%n"
                    .formatted(
                            name,
                            needed,
                            standard.isEmpty() ? "" : "`" + standard + "`",
                            shape,
                            meaning.replace("|", "\\|"),
                            SECRET.matcher(name).matches() ? "; **secret**" : "",
                            key.replace("SERVICE.", prefix));
        }
    }

    private List<Variable> variables(Service service) throws IOException {
        PropertyFile file = PropertyFile.read(service.properties());
        Map<String, Line> set = file.setByVariables();
        Map<String, Key> keys = keys(service.module());
        List<Variable> variables = new ArrayList<>();
        for (Line line : set.values()) {
            if (!keys.containsKey(line.key()) && !line.key().startsWith(NAME_SPACE)) {
                if (line.comment().isBlank()) {
                    complaints.add(service.module() + ": " + line.key() + " has no comment that says what it is");
                }
                variables.add(variable(
                        service,
                        line.variable(),
                        line.key(),
                        shape(line.otherwise()),
                        line.otherwise(),
                        readable(line.comment())));
            }
        }
        keys.forEach((name, key) -> {
            Line line = set.get(name);
            variables.add(variable(
                    service,
                    line == null ? relaxed(name) : line.variable(),
                    name,
                    shape(service, key),
                    standard(key, line),
                    key.meaning()));
        });
        return variables;
    }

    private static String severalSection(Map<Variable, List<Service>> readers) {
        StringBuilder section = new StringBuilder("""
                ## Several services

                In a key, `SERVICE.` stands for the service's prefix, as `registration.`.

                """);
        Map<List<Service>, List<Variable>> groups = new LinkedHashMap<>();
        readers.forEach((one, services) -> {
            if (services.size() > 1) {
                groups.computeIfAbsent(services, _ -> new ArrayList<>()).add(one);
            }
        });
        groups.forEach((services, variables) -> {
            section.append("### ")
                    .append(services.stream().map(Service::module).collect(Collectors.joining(", ")))
                    .append("\n\n")
                    .append(HEAD);
            variables.forEach(one -> section.append(one.row("SERVICE.")));
            section.append('\n');
        });
        return section.toString();
    }

    private String sharedSection() throws IOException {
        Map<String, Line> set =
                PropertyFile.read(Service.REGISTRATION.properties()).setByVariables();
        StringBuilder section = new StringBuilder("""
                ## Every service

                Except `messaging.topics` in the gateway, which writes no topic.

                """).append(HEAD);
        for (String library : LIBRARIES) {
            keys(library).forEach((name, key) -> {
                Line line = set.get(name);
                section.append(variable(
                                Service.REGISTRATION,
                                line == null ? relaxed(name) : line.variable(),
                                name,
                                shape(Service.REGISTRATION, key),
                                standard(key, line),
                                key.meaning())
                        .row("registration."));
            });
        }
        return section.append('\n').toString();
    }

    private static final String HEAD = """
            | variable | needed | default | shape | meaning | key |
            |---|---|---|---|---|---|
            """;

    private static Variable variable(
            Service service, String name, String key, String shape, String standard, String meaning) {
        String general = key.startsWith(service.prefix())
                ? "SERVICE." + key.substring(service.prefix().length())
                : key;
        return new Variable(name, needed(service, name), standard, shape, meaning, general);
    }

    private static String needed(Service service, String variable) {
        boolean deployed = isNeeded(service, service.deployed(), variable);
        boolean rehearsal = isNeeded(service, service.rehearsal(), variable);
        return deployed && rehearsal ? "always" : deployed ? "deployed" : rehearsal ? "rehearsal" : "";
    }

    private static boolean isNeeded(Service service, Map<String, String> complete, String variable) {
        return !variable.equals("APP_MODE")
                && complete.remove(variable) != null
                && SettingsAlone.refusal(service, complete).isPresent();
    }

    private String standard(Key key, Line line) {
        String inFile = line == null ? "" : line.otherwise();
        if (!inFile.isEmpty() && !inFile.equals(key.standard())) {
            complaints.add("%s is %s in application.yml and %s in the code"
                    .formatted(key.name(), inFile, key.standard().isEmpty() ? "nothing" : key.standard()));
        }
        return key.standard();
    }

    private static String relaxed(String key) {
        return key.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** The type of a foreign key, derived from its default. */
    private static String shape(String standard) {
        return standard.matches("\\d+(\\.\\d+)?")
                ? "number"
                : standard.matches("true|false") ? "`true` or `false`" : "text";
    }

    private static String shape(Service service, Key key) {
        return switch (key.type()) {
            case "java.lang.String" -> "text";
            case "java.lang.Integer", "java.lang.Short", "java.lang.Double" -> "number";
            case "java.lang.Boolean" -> "`true` or `false`";
            case "java.time.Duration" -> "duration";
            case "java.net.URI" -> "URL";
            case "org.springframework.util.unit.DataSize" -> "size, as `256KB`";
            case "org.openingminute.gateway.Rate" -> "as `6/m, 10 at once`";
            default ->
                key.type().matches("java\\.util\\.(Set|List)<.*") ? "list, by commas" : choices(service, key.type());
        };
    }

    private static String choices(Service service, String type) {
        try {
            Object[] constants = SettingsAlone.classes(service).loadClass(type).getEnumConstants();
            if (constants == null) {
                throw new IllegalStateException("no shape is told for " + type);
            }
            return Arrays.stream(constants)
                    .map(one -> "`" + one.toString().toLowerCase(Locale.ROOT) + "`")
                    .collect(Collectors.joining(", "));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The keys in the compiler's metadata, without those that only group others. */
    private Map<String, Key> keys(String module) {
        Path file = Path.of("..", module, "target", "classes", "META-INF", "spring-configuration-metadata.json");
        Map<String, Key> keys = new TreeMap<>();
        try {
            for (JsonNode one :
                    new JsonMapper().readTree(Files.readString(file)).path("properties")) {
                JsonNode standard = one.path("defaultValue");
                Key key = new Key(
                        one.path("name").asString(),
                        one.path("type").asString(),
                        standard.isMissingNode() || standard.isArray() ? "" : standard.asString(),
                        readable(one.path("description").asString("")));
                if (key.meaning().isBlank()) {
                    complaints.add(key.name() + " has no meaning in its Javadoc");
                }
                keys.put(key.name(), key);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return keys;
    }

    private static String readable(String javadoc) {
        String text = javadoc.replaceAll("\\{@code ([^}]*)}", "`$1`")
                .replaceAll("\\s+", " ")
                .strip();
        return text.isEmpty()
                ? ""
                : text.substring(0, 1).toUpperCase(Locale.ROOT)
                        + text.substring(1).replaceAll("\\.$", "");
    }

    /**
     * A deployment with a missing or wrong variable.
     *
     * @param variable the variable that is changed
     * @param value the wrong value; empty if the variable is missing
     */
    record Wrong(String variable, String value) {

        String words() {
            return value.isEmpty() ? "nothing" : "`" + value + "`";
        }
    }

    private static final List<Wrong> EXAMPLES = List.of(
            new Wrong("SANDBOX_API_KEY", "x"),
            new Wrong("SANDBOX_WEBHOOK_SECRET", "x"),
            new Wrong("SANDBOX_URL", "http://sandbox"),
            new Wrong("PAYMENT_CARD_PROVIDER", "sandbox"),
            new Wrong("ACCESS_TOKEN_KEYS", "k1:change-me"),
            new Wrong("TICKET_KEYS", "k1:change-me"),
            new Wrong("WAITING_ROOM_KEYS", "k1:change-me"),
            new Wrong("STAFF_SIGNING_KEY", "change-me"),
            new Wrong("OIDC_ISSUER", "https://id.example.org"),
            new Wrong("OIDC_AUDIENCE", "registration"),
            new Wrong("ORGANISER_PASSWORD", "change-me"),
            new Wrong("DATABASE_PASSWORD", "change-me"),
            new Wrong("ORGANISER_PASSWORD", "elevenchars"),
            new Wrong("ACCESS_TOKEN_KEYS", "k1:c2hvcnQ"),
            new Wrong("ACCESS_TOKEN_KEYS", "k1:dHJhaW5pbmctdHJhaW5pbmctdHJhaW5pbmctdHJhaW4"),
            new Wrong("TICKET_KEYS", "k1"),
            new Wrong("SERVER_PORT", "abc"),
            new Wrong("SERVER_PROT", "8090"),
            new Wrong("STRIPE_API_KEY", "change-me"),
            new Wrong("SMTP_PASSWORD", "change-me"),
            new Wrong("SMTP_SECURITY", "perhaps"),
            new Wrong("PUBLIC_URL", "https://register.example.org/"),
            new Wrong("APP_MODE", "production"),
            new Wrong("REGISTRATION_QUOTAA", "5"),
            new Wrong("PAYMENT_BOOKS", "5s"),
            new Wrong("NOTIFICATION_PACE_LEASES", "5s"),
            new Wrong("GATEWAY_BUDGETS_STREAMS", "5s"),
            new Wrong("GATEWAY_LIMITS_ADDRESS", "50"),
            new Wrong("GATEWAY_BODIES_INTRANSIT", "47MB"),
            new Wrong("GATEWAY_STAFF_SIGNIN_FAILURES", "0"),
            new Wrong("NOTIFICATION_MAILS_UNPAIDPERHOUR", "0"),
            new Wrong("ROOM_FEWEST_INSIDE", "0"),
            new Wrong("REDIS_URL", "redis:6379"),
            new Wrong("LIMITS", "perhaps"));

    /** A reason for refusing several variables, with {@code NAME} in place of each; it becomes one row. */
    private record Refusal(String value, String why) {}

    private static String refusals() {
        Map<Refusal, Set<String>> variables = new LinkedHashMap<>();
        Map<Refusal, Set<Service>> services = new HashMap<>();
        for (Service service : Service.values()) {
            List<Wrong> wrongs = new ArrayList<>();
            service.deployed().keySet().stream().sorted().forEach(name -> wrongs.add(new Wrong(name, "")));
            wrongs.addAll(EXAMPLES);
            for (Wrong wrong : wrongs) {
                Map<String, String> set = service.deployed();
                set.put(wrong.variable(), wrong.value());
                SettingsAlone.refusal(service, set).ifPresent(why -> {
                    Refusal refusal = new Refusal(wrong.words(), why.replace(wrong.variable(), "NAME"));
                    variables.computeIfAbsent(refusal, _ -> new TreeSet<>()).add("`" + wrong.variable() + "`");
                    services.computeIfAbsent(refusal, _ -> EnumSet.noneOf(Service.class))
                            .add(service);
                });
            }
        }
        StringBuilder section = new StringBuilder("""
                ## What a deployment refuses

                The log then has one line at level `ERROR` that begins with `The service does not start: `, and the exit code is 1. A
                rehearsal is refused in the same way. Two refusals come later: a database that cannot be reached, in the driver's words;
                and, by registration-service, a deployment on a rehearsed database, or a rehearsal on one in which a deployment has
                conferences. `NAME` stands for the variable.

                | variable | set to | what the line says | who refuses |
                |---|---|---|---|
                """);
        variables.forEach((refusal, names) -> section.append("| %s | %s | %s | %s |%n"
                .formatted(
                        String.join(", ", names),
                        refusal.value(),
                        refusal.why(),
                        services.get(refusal).size() == Service.values().length
                                ? "all"
                                : services.get(refusal).stream()
                                        .map(Service::module)
                                        .collect(Collectors.joining(", ")))));
        return section.toString();
    }
}
