package org.openingminute.kit.startup;

import java.lang.reflect.RecordComponent;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * The configuration keys that a service reads, such as {@code registration.public-url}, and the spellings that Spring Boot accepts for
 * them. Not thread-safe while keys are added.
 */
final class KnownKeys {

    /**
     * Variables that Kubernetes sets in every container for the services of its namespace, such as {@code PAYMENT_SERVICE_HOST}.
     * {@code PAYMENT_PORT} could be one of ours, so its value decides.
     */
    private static final Pattern OF_KUBERNETES =
            Pattern.compile(".+_SERVICE_(HOST|PORT(_.+)?)|.+_PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");

    private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private final Set<String> keys = new TreeSet<>();
    private final Set<String> namespaces = new TreeSet<>();

    /** Adds every component of a settings record, and of nested records, as a key. */
    void add(String prefix, Class<?> settings) {
        namespaces.add(prefix.split("\\.", 2)[0]);
        addAll(prefix, settings);
    }

    private void addAll(String prefix, Class<?> settings) {
        for (RecordComponent component : settings.getRecordComponents()) {
            String key = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
            if (component.getType().isRecord()) {
                addAll(key, component.getType());
            } else {
                keys.add(key);
            }
        }
    }

    /** Whether a key, in whatever spelling, is in one of our namespaces but unknown. */
    boolean isUnknownKey(String written) {
        String name = uniform(written);
        String key = name.replaceAll("\\[.*", "");
        return namespaces.stream().anyMatch(space -> name.startsWith(space + "."))
                && keys.stream().map(KnownKeys::uniform).noneMatch(key::equals);
    }

    /** Whether a variable looks like one of our keys, but no such key exists. */
    boolean isUnknownVariable(String written, String value) {
        String name = written.toUpperCase(Locale.ROOT);
        return namespaces.stream().anyMatch(space -> name.startsWith(variable(space) + "_"))
                && keys.stream().flatMap(KnownKeys::variables).noneMatch(name::equals)
                && !isOfKubernetes(name, value);
    }

    /** Whether Kubernetes set the variable for a service of its namespace. */
    static boolean isOfKubernetes(String name, String value) {
        return OF_KUBERNETES.matcher(name).matches()
                || (name.endsWith("_PORT") && ADDRESS.matcher(value).matches());
    }

    /** Whether two variables differ by one typing error: a letter added, missing or wrong, or two adjacent letters swapped. */
    static boolean isOneSlip(String written, String meant) {
        int distance = distance(written.toUpperCase(Locale.ROOT), meant);
        return distance == 1 || (distance == 2 && haveChangedPlaces(written.toUpperCase(Locale.ROOT), meant));
    }

    private static boolean haveChangedPlaces(String one, String other) {
        return one.length() == other.length()
                && IntStream.range(1, one.length())
                        .anyMatch(i -> other.equals(
                                one.substring(0, i - 1) + one.charAt(i) + one.charAt(i - 1) + one.substring(i + 1)));
    }

    /** The known key with the most similar spelling. */
    String nearestKey(String written) {
        return nearest(written.toLowerCase(Locale.ROOT), keys.stream()).orElseThrow();
    }

    /** The variable with the most similar spelling, among ours and the given ones. */
    String nearestVariable(String written, Set<String> named) {
        return nearest(
                        written.toUpperCase(Locale.ROOT),
                        Stream.concat(keys.stream().flatMap(KnownKeys::variables), named.stream()))
                .orElseThrow();
    }

    private static Optional<String> nearest(String written, Stream<String> known) {
        return known.sorted().min(Comparator.comparingInt(one -> distance(written, one)));
    }

    /** The variables from which Spring Boot reads a key: dashes are dropped or become underscores. */
    private static Stream<String> variables(String key) {
        return Stream.of(variable(key.replace('-', '_')), variable(key.replace("-", "")))
                .distinct();
    }

    private static String variable(String key) {
        return key.replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private static String uniform(String key) {
        return key.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** The Levenshtein distance: the number of letters to change, add or remove. */
    private static int distance(String one, String other) {
        int[] above = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int change = above[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[other.length()];
    }
}
