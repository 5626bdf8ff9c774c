package org.openingminute.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Proves that the documentation matches the repository: it has no dead link, and every promise names existing tests or is marked as open.
 */
class DocumentsTest {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*)$");
    private static final Pattern PROMISE = Pattern.compile("(?m)^\\| (\\d+) \\| \\[.*?]\\((\\S+)\\) \\| (.*) \\|$");
    private static final Pattern NAMED_TEST = Pattern.compile("`([A-Za-z]+(?:Test|IT))`");
    private static final Path ROOT = TestSystems.CHECKOUT;

    @Test
    void no_link_is_dead() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Path document : documents()) {
            for (MatchResult link :
                    LINK.matcher(Files.readString(document)).results().toList()) {
                if (!leadsSomewhere(document, link.group(1))) {
                    dead.add(ROOT.relativize(document) + " -> " + link.group(1));
                }
            }
        }
        assertThat(dead).isEmpty();
    }

    @Test
    void every_promise_has_a_state_and_every_claim_a_test_that_exists() throws IOException {
        Set<String> tests = tests();
        List<MatchResult> promises = PROMISE.matcher(Files.readString(ROOT.resolve("README.md")))
                .results()
                .toList();

        assertThat(promises).hasSize(25);
        for (MatchResult promise : promises) {
            String section = section(promise.group(2));
            String state = promise.group(3);
            List<String> named = names(section);
            assertThat(named.isEmpty())
                    .as("promise %s is claimed by a test or said to be open", promise.group(1))
                    .isEqualTo(state.equals("not yet"));
            assertThat(tests).as("promise %s", promise.group(1)).containsAll(named);
            assertThat(section).as("section of promise %s", promise.group(1)).contains("- **State.** " + state + "\n");
        }
    }

    private static String section(String link) throws IOException {
        String[] parts = link.split("#", 2);
        String page = Files.readString(ROOT.resolve(parts[0]));
        MatchResult heading = HEADING.matcher(page)
                .results()
                .filter(one -> anchor(one.group(1)).equals(parts[1]))
                .findFirst()
                .orElseThrow();
        int end = page.indexOf("\n## ", heading.end());
        return page.substring(heading.end(), end < 0 ? page.length() : end);
    }

    private static List<String> names(String text) {
        return NAMED_TEST.matcher(text).results().map(name -> name.group(1)).toList();
    }

    private static boolean leadsSomewhere(Path document, String link) throws IOException {
        if (link.startsWith("http://") || link.startsWith("https://") || link.startsWith("mailto:")) {
            return true;
        }
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty()
                ? document
                : document.resolveSibling(parts[0]).normalize();
        if (!Files.exists(target)) {
            return false;
        }
        return parts.length == 1 || anchors(target).contains(parts[1]);
    }

    private static Set<String> anchors(Path document) throws IOException {
        return HEADING.matcher(Files.readString(document))
                .results()
                .map(heading -> anchor(heading.group(1)))
                .collect(Collectors.toSet());
    }

    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9 _-]", "")
                .strip()
                .replace(' ', '-');
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> modules = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> contracts = Files.walk(ROOT.resolve("contracts/src"));
                Stream<Path> mails = Files.walk(ROOT.resolve("notification-service/src/test/resources"))) {
            return Stream.of(top, modules.map(module -> module.resolve("README.md")), docs, contracts, mails)
                    .flatMap(files -> files)
                    .filter(file -> file.toString().endsWith(".md") && Files.isRegularFile(file))
                    .toList();
        }
    }

    private static Set<String> tests() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            List<Path> sources = modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList();
            List<String> names = new ArrayList<>();
            for (Path source : sources) {
                try (Stream<Path> files = Files.walk(source)) {
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".java"))
                            .map(name -> name.substring(0, name.length() - ".java".length()))
                            .forEach(names::add);
                }
            }
            return Set.copyOf(names);
        }
    }
}
