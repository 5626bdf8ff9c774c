package org.openingminute.kit.startup;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.PlaceholderResolutionException;

/**
 * Checks the configuration before any connection is made: every key in our namespaces is known, every variable without a default is set,
 * and the settings are consistent. Our settings are the records with {@code ignoreUnknownFields = false}; Spring Boot honours that for
 * property files, but not for environment variables and system properties.
 */
final class StartCheck implements BeanFactoryPostProcessor {

    private static final Pattern VARIABLE = Pattern.compile("[A-Z][A-Z0-9_]*");
    private static final Pattern NAMED = Pattern.compile("\\$\\{(" + VARIABLE + ")[:}]");
    private static final Pattern NO_DEFAULT = Pattern.compile("\\$\\{(" + VARIABLE + ")}");
    private static final Pattern SECRET = Pattern.compile(".*(PASSWORD|SECRET|KEY|KEYS)");
    private static final String LEFT_AS_IN_THE_EXAMPLE = "change-me";

    /** Fragments of the secrets that this repository publishes: those of the images' training start and of tests. */
    private static final List<String> PUBLISHED = List.of(
            "training-training",
            "dHJhaW5pbmctdHJhaW5pbm",
            "cmFpbmluZy10cmFpbmluZy",
            "MDEyMzQ1Njc4OTAxMjM0NTY3",
            "DA0ODxAREhMUFRYXGBkaGxwdHh8",
            "ICEiIyQlJicoKSorLC0uLzAxMjM");

    /** A variable with a default in application.yml; the default shows the form of the values. */
    private static final Pattern WITH_DEFAULT = Pattern.compile("\\$\\{(" + VARIABLE + "):([^${}]+)}");

    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");
    private static final Pattern DATABASE = Pattern.compile("jdbc:postgresql://[^/\\s]+/\\S+");
    private static final Pattern BROKERS = Pattern.compile("\\s*([^\\s,;]+:\\d+)(\\s*,\\s*[^\\s,;]+:\\d+)*\\s*");
    private static final Pattern TRUTH = Pattern.compile("true|false", Pattern.CASE_INSENSITIVE);

    private final ConfigurableEnvironment environment;

    StartCheck(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        KnownKeys known = new KnownKeys();
        List<String> settings = new ArrayList<>();
        for (String name : beans.getBeanDefinitionNames()) {
            Class<?> type = beans.getType(name, false);
            String prefix = type == null ? null : prefixOf(type);
            if (type != null && prefix != null && name.equals(prefix + "-" + type.getName())) {
                known.add(prefix, type);
                settings.add(name);
            }
        }
        Set<String> named = namedVariables();
        refuse(unknown(known, named));
        refuse(missing());
        refuse(leftAsInTheExample(named));
        refuse(published(named));
        refuse(unlikeTheirDefaults());
        refuse(noAddresses());
        // Creating the settings validates them, because their constructors refuse what cannot work.
        settings.forEach(beans::getBean);
    }

    private static @Nullable String prefixOf(Class<?> type) {
        ConfigurationProperties ours = AnnotatedElementUtils.findMergedAnnotation(type, ConfigurationProperties.class);
        return ours != null && type.isRecord() && !ours.ignoreUnknownFields() ? ours.prefix() : null;
    }

    private static void refuse(List<String> complaints) {
        if (!complaints.isEmpty()) {
            throw new CannotStart(String.join("; ", complaints));
        }
    }

    private List<String> unknown(KnownKeys known, Set<String> named) {
        Set<String> ofOthers = Set.copyOf(Binder.get(environment)
                .bind("messaging.start", StartSettings.class)
                .map(StartSettings::variablesOfOthers)
                .orElse(Set.of()));
        Set<String> complaints = new TreeSet<>();
        forEachProperty((source, name) -> {
            boolean surroundings = source.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
            if (name.contains(".")) {
                if (known.isUnknownKey(name)) {
                    complaints.add("%s (%s) is unknown, the nearest known key is %s"
                            .formatted(name, placeOf(source, name), known.nearestKey(name)));
                }
            } else if (surroundings || VARIABLE.matcher(name).matches()) {
                String value = text(source, name);
                if (!named.contains(name) && !ofOthers.contains(name)) {
                    meant(known, named, name, value)
                            .ifPresent(meant -> complaints.add("%s (%s) is unknown, the nearest known variable is %s"
                                    .formatted(name, placeOf(source, name), meant)));
                }
            }
        });
        return List.copyOf(complaints);
    }

    /** The variable that was probably meant, for a name in one of our namespaces or a name one typing error away from an unset variable. */
    private Optional<String> meant(KnownKeys known, Set<String> named, String name, String value) {
        if (known.isUnknownVariable(name, value)) {
            return Optional.of(known.nearestVariable(name, named));
        }
        return KnownKeys.isOfKubernetes(name, value)
                ? Optional.empty()
                : named.stream()
                        .filter(one -> !environment.containsProperty(one) && KnownKeys.isOneSlip(name, one))
                        .findFirst();
    }

    /** The variables that application.yml names, each the value of a key. */
    private Set<String> namedVariables() {
        Set<String> named = new TreeSet<>();
        forEachProperty((source, name) -> {
            if (isFile(source)) {
                Matcher matcher = NAMED.matcher(text(source, name));
                while (matcher.find()) {
                    named.add(matcher.group(1));
                }
            }
        });
        return named;
    }

    private List<String> missing() {
        Set<String> missing = new TreeSet<>();
        forEachProperty((source, name) -> {
            if (isFile(source)) {
                Matcher matcher = NO_DEFAULT.matcher(text(source, name));
                if (matcher.matches() && isBlank(name)) {
                    missing.add(matcher.group(1));
                }
            }
        });
        return missing.isEmpty()
                ? List.of()
                : List.of(String.join(", ", missing) + (missing.size() == 1 ? " is" : " are") + " missing");
    }

    /** Whether a key has no value. A key that is set directly, as in tests, needs no variable. */
    private boolean isBlank(String key) {
        try {
            String value = environment.getProperty(key);
            return value == null || value.isBlank();
        } catch (PlaceholderResolutionException e) {
            return true;
        }
    }

    private List<String> leftAsInTheExample(Set<String> named) {
        return named.stream()
                .filter(name -> SECRET.matcher(name).matches())
                .filter(name -> environment.getProperty(name, "").contains(LEFT_AS_IN_THE_EXAMPLE))
                .map(name -> name + " still has the example's value")
                .toList();
    }

    private List<String> published(Set<String> named) {
        if (environment.getProperty("APP_MODE", "").equals("rehearsal")) {
            return List.of();
        }
        return named.stream()
                .filter(name -> SECRET.matcher(name).matches())
                .filter(name -> PUBLISHED.stream().anyMatch(environment.getProperty(name, "")::contains))
                .map(name -> name + " is a secret that this system's sources publish")
                .toList();
    }

    /**
     * Checks the variables of Spring Boot's own settings, such as {@code SERVER_PORT}: Spring Boot reports an invalid value in many lines,
     * and an empty one obscurely.
     */
    private List<String> unlikeTheirDefaults() {
        Set<String> complaints = new TreeSet<>();
        forEachProperty((source, name) -> {
            Matcher matcher = WITH_DEFAULT.matcher(isFile(source) ? text(source, name) : "");
            if (matcher.matches()) {
                complaint(matcher.group(1), matcher.group(2)).ifPresent(complaints::add);
            }
        });
        return List.copyOf(complaints);
    }

    /**
     * Finds malformed addresses. The database driver does not name the variable, and the Kafka client would retry for as long as the
     * service runs.
     */
    private List<String> noAddresses() {
        return Stream.of(
                        unlike(
                                "spring.datasource.url",
                                DATABASE,
                                "DATABASE_URL is not of the form jdbc:postgresql://HOST/NAME"),
                        unlike(
                                "spring.kafka.bootstrap-servers",
                                BROKERS,
                                "KAFKA_BOOTSTRAP_SERVERS is not of the form HOST:PORT,HOST:PORT"))
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<String> unlike(String key, Pattern shape, String complaint) {
        @Nullable String value = environment.getProperty(key);
        return value == null || shape.matcher(value).matches() ? Optional.empty() : Optional.of(complaint);
    }

    private Optional<String> complaint(String variable, String standard) {
        String value = environment.getProperty(variable, standard);
        if (value.isBlank()) {
            return Optional.of(variable + " is empty; leave it unset for the default " + standard);
        }
        if (TRUTH.matcher(standard).matches() && !TRUTH.matcher(value).matches()) {
            return Optional.of(variable + " is neither true nor false");
        }
        return NUMBER.matcher(standard).matches() && !NUMBER.matcher(value).matches()
                ? Optional.of(variable + " is not a number")
                : Optional.empty();
    }

    /** Excludes the environment: it may contain anything, and a placeholder in it does not name one of our variables. */
    private static boolean isFile(EnumerablePropertySource<?> source) {
        return source instanceof OriginLookup
                && !source.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
    }

    private void forEachProperty(BiConsumer<EnumerablePropertySource<?>, String> action) {
        environment.getPropertySources().stream()
                .flatMap(source -> source instanceof EnumerablePropertySource<?> one ? Stream.of(one) : Stream.empty())
                .forEach(source -> Stream.of(source.getPropertyNames()).forEach(name -> action.accept(source, name)));
    }

    private static String text(EnumerablePropertySource<?> source, String name) {
        return Objects.toString(source.getProperty(name), "");
    }

    private static String placeOf(EnumerablePropertySource<?> source, String name) {
        return switch (source.getName()) {
            case StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME -> "environment";
            case StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME -> "system property";
            case CommandLinePropertySource.COMMAND_LINE_PROPERTY_SOURCE_NAME -> "command line";
            case "spring.application.json" -> "SPRING_APPLICATION_JSON";
            default -> {
                Object origin = OriginLookup.getOrigin(source, name);
                yield origin == null ? source.getName() : origin.toString();
            }
        };
    }
}
