package org.openingminute.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Calls each route with which staff may change something, and asserts that the audit gets a row. It takes the routes from
 * {@code access.md}, which {@link AccessMatrix} compares with the service, so a new route without an act fails the test.
 */
public interface AuditMatrix {

    /** A successful call for each route, by the route's name in {@code access.md}. Each prepares its own data. */
    Map<String, Runnable> acts();

    /** The number of audit rows for acts in a role, under the name of the person. */
    long rowsOf(String role);

    /** Routes that change nothing, each with the reason. */
    default Map<String, String> changeNothing() {
        return Map.of();
    }

    @Test
    default void each_act_of_staff_leaves_a_row() {
        Map<String, Runnable> acts = acts();
        Map<String, Set<String>> writes = Writes.ofStaff();
        Set<String> expected = new TreeSet<>(writes.keySet());
        expected.removeAll(changeNothing().keySet());
        assertThat(new TreeSet<>(acts.keySet())).isEqualTo(expected);
        Set<String> silent = new TreeSet<>();
        acts.forEach((route, act) -> {
            long before = Writes.sum(this, writes.get(route));
            act.run();
            if (Writes.sum(this, writes.get(route)) <= before) {
                silent.add(route);
            }
        });
        assertThat(silent).as("acts without a row").isEmpty();
    }

    /** Reads the writes of staff from {@code access.md}. */
    final class Writes {

        private static final List<String> STAFF = List.of("check-in", "operator", "finance", "organiser");

        private Writes() {}

        private static long sum(AuditMatrix matrix, Set<String> roles) {
            return roles.stream().mapToLong(matrix::rowsOf).sum();
        }

        /** The routes, other than reads, that admit staff but not strangers, each with the roles that it admits. */
        private static Map<String, Set<String>> ofStaff() {
            try {
                List<List<String>> rows = Files.readAllLines(Path.of("src/test/resources/access.md")).stream()
                        .filter(line -> line.startsWith("| "))
                        .map(line -> Arrays.stream(line.substring(1).split("\\|"))
                                .map(String::strip)
                                .toList())
                        .toList();
                List<String> columns = rows.getFirst();
                Map<String, Set<String>> writes = new LinkedHashMap<>();
                for (List<String> row : rows.subList(2, rows.size())) {
                    Set<String> roles = STAFF.stream()
                            .filter(role -> row.get(columns.indexOf(role)).equals("yes"))
                            .collect(Collectors.toSet());
                    boolean open = !row.get(columns.indexOf("stranger")).equals("401");
                    if (!row.getFirst().startsWith("GET ") && !roles.isEmpty() && !open) {
                        writes.put(row.getFirst(), roles);
                    }
                }
                return writes;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
