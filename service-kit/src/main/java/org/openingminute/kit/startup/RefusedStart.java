package org.openingminute.kit.startup;

import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.context.config.ConfigDataNotFoundException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Logs in one line why a service does not start if its configuration is the reason; for any other reason Spring Boot's own analyzers
 * report. The exit code is 1 either way. The line contains no configured value, because that may be a secret. For an unreachable database,
 * the driver's message names host, database and account.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class RefusedStart implements SpringBootExceptionReporter {

    private static final Pattern NAMED = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*)[:}]");
    private static final Pattern NAMES_A_VARIABLE = Pattern.compile(".*\\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)+\\b.*");

    /** SQL states: no connection, wrong account or password, no such database, too many connections, not started yet. */
    private static final Pattern NO_DATABASE = Pattern.compile("08...|28...|3D...|53300|57P..");

    private static final String OURS = "org.openingminute.";

    @Override
    public boolean reportException(Throwable failure) {
        Optional<String> why = sentence(failure);
        why.ifPresent(reason -> LogFactory.getLog(RefusedStart.class).error("The service does not start: " + reason));
        return why.isPresent();
    }

    /**
     * Explains a failed start in one sentence that names the variable or key.
     *
     * @param failure the exception of the failed start
     * @return empty if the configuration is not the reason; the sentence never contains a setting's value
     */
    public static Optional<String> sentence(Throwable failure) {
        return causes(failure)
                .flatMap(RefusedStart::reason)
                .findFirst()
                .or(() -> causes(failure).flatMap(RefusedStart::unreadable).findFirst());
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
    }

    private static Stream<String> reason(Throwable cause) {
        return switch (cause) {
            case CannotStart ours -> Stream.ofNullable(ours.getMessage());
            case ConfigDataNotFoundException absent -> Stream.of("there is no " + absent.getReferenceDescription());
            case MarkedYAMLException yaml -> Stream.of(unreadable(yaml));
            case BindValidationException invalid ->
                invalid.getValidationErrors().getAllErrors().stream()
                        .map(error -> invalid.getValidationErrors().getName() + wrong(error))
                        .limit(1);
            case UnboundConfigurationPropertiesException unbound ->
                unbound.getUnboundProperties().stream()
                        .map(RefusedStart::unknown)
                        .limit(1);
            case PlaceholderResolutionException unresolved -> Stream.of(unresolved.getPlaceholder() + " is missing");
            case SQLException away
            when NO_DATABASE.matcher(Objects.toString(away.getSQLState(), "")).matches() ->
                Stream.of("the database of DATABASE_URL: " + firstLine(away));
            case IllegalArgumentException refusal -> refused(refusal);
            case IllegalStateException refusal -> refused(refusal);
            default -> Stream.empty();
        };
    }

    /** The YAML parser's exception names the line but not the file. */
    private static String unreadable(MarkedYAMLException yaml) {
        @Nullable Mark at = yaml.getProblemMark();
        return "a YAML file cannot be read" + (at == null ? "" : ", at its line " + (at.getLine() + 1)) + ": "
                + yaml.getProblem();
    }

    private static String wrong(ObjectError error) {
        return (error instanceof FieldError field ? "." + field.getField() : "") + " " + error.getDefaultMessage();
    }

    private static String unknown(ConfigurationProperty property) {
        return property.getName()
                + (property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")")
                + " is unknown";
    }

    private static Stream<String> refused(RuntimeException refusal) {
        return ours(refusal).filter(message -> NAMES_A_VARIABLE.matcher(message).matches());
    }

    /** The messages of exceptions that our own code threw. */
    private static Stream<String> ours(Throwable refusal) {
        StackTraceElement[] trace = refusal.getStackTrace();
        return trace.length > 0 && trace[0].getClassName().startsWith(OURS)
                ? Stream.ofNullable(refusal.getMessage())
                : Stream.empty();
    }

    /** The first line of the driver's message, which contains host, database and account, but no password. */
    private static String firstLine(SQLException away) {
        return Objects.toString(away.getMessage(), "").lines().findFirst().orElse(away.getSQLState());
    }

    private static String shape(Class<?> type) {
        Object[] choices = type.getEnumConstants();
        return choices == null
                ? "not a valid " + type.getSimpleName()
                : "not one of "
                        + Stream.of(choices)
                                .map(one -> one.toString().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "));
    }

    private static Stream<String> unreadable(Throwable cause) {
        if (!(cause instanceof BindException unbound)) {
            return Stream.empty();
        }
        String name = name(unbound);
        return Stream.of(causes(unbound)
                .filter(IllegalArgumentException.class::isInstance)
                .flatMap(RefusedStart::ours)
                .findFirst()
                .map(form -> name + ": " + form)
                .orElseGet(() ->
                        name + " is " + shape(unbound.getTarget().getType().resolve(Object.class))));
    }

    /** The variable and its key, or the key and the place where it is set. */
    private static String name(BindException unbound) {
        String key = unbound.getName().toString();
        @Nullable ConfigurationProperty property = unbound.getProperty();
        if (property == null) {
            return key;
        }
        Matcher variable = NAMED.matcher(String.valueOf(property.getValue()));
        if (variable.find()) {
            return variable.group(1) + " (" + key + ")";
        }
        @Nullable Origin origin = property.getOrigin();
        return switch (origin instanceof PropertySourceOrigin source ? source.getOrigin() : origin) {
            case SystemEnvironmentOrigin environment -> environment.getProperty() + " (" + key + ")";
            case TextResourceOrigin file -> key + " (" + file + ")";
            case null, default -> key;
        };
    }
}
