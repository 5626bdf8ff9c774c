package org.openingminute.local.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.openingminute.local.load.Cpu;
import org.openingminute.local.load.WarmUp;
import org.springframework.util.StringUtils;

/**
 * Proves how long an organiser waits for a search and for the overview of a large conference: from sending the request to the gateway until
 * the whole response has arrived, one request after the other. A search reads the list's first 50 rows, as JSON or as the part of the page
 * that loads while one types. An overview is the page, or the part of it that reloads every two seconds.
 */
@ExtendWith(DeskSystem.class)
@Tag("measured")
@EnabledIfSystemProperty(named = "proofs", matches = "full", disabledReason = "SearchAtSizeIT has the plans in small")
@Timeout(7200)
class DeskAtSizeIT {

    private static final int ROUNDS = 40;
    private static final int OVERVIEWS = 100;
    private static final Duration WARM = Duration.ofSeconds(60);
    private static final int PAGE = 50;
    private static final int MANY = 50_000;
    private static final Duration SEARCH = Duration.ofMillis(300);
    private static final Duration SEARCH_OF_MANY = Duration.ofSeconds(1);
    private static final Duration OVERVIEW = Duration.ofMillis(50);
    private static final Map<String, String> PART = Map.of("HX-Request", "true");
    private static final List<String> STEPS = List.of("minute", "hour", "day");

    private final Running running;
    private final ApiClient api;
    private final Map<String, String> staff;
    private final Cpu cpu;

    DeskAtSizeIT(Running running) {
        this.running = running;
        this.api = running.api();
        this.staff = api.signIn("organiser");
        this.cpu = new Cpu(running.system());
    }

    /** The texts that are searched for. The text varies with the number, and repeats if there are few. */
    private enum Search {
        /** Includes the prefix of all references, which matches every registration. */
        TWO_LETTERS((_, i) -> List.of("ma", "an", "re", "li", "wa", "jo", "sc", "mu", "ga", "be", "un", "zo")
                .get(i % 12)),
        WORD((_, i) -> List.of("university", "maria", "berlin", "garcia", "melbourne", "zimmermann")
                .get(i % 6)),
        MAIL((conference, i) -> List.of(
                        someone(conference, i).email(),
                        someone(conference, i).email().replaceFirst("[0-9]+@.*", ""),
                        "berlin.example",
                        "example",
                        "melbourne.example")
                .get(i % 5)),
        REFERENCE((conference, i) -> List.of(
                        reference(conference, i),
                        reference(conference, i).replace("-", "").toLowerCase(Locale.ROOT),
                        reference(conference, i).substring(0, 7))
                .get(i % 3)),
        NAMES((conference, i) -> {
            Person one = someone(conference, i);
            return List.of(
                            one.given() + " " + one.family(),
                            one.family() + ", " + one.given(),
                            one.family().substring(0, 2) + " " + one.given().substring(0, 2),
                            one.family() + one.given())
                    .get(i % 4);
        });

        private final Text text;

        Search(Text text) {
            this.text = text;
        }

        private interface Text {
            String of(FilledConference conference, int number);
        }

        private static int number(FilledConference conference, int i) {
            return 3 + (int) (i * 7919L % (conference.registrations() - 3));
        }

        private static Person someone(FilledConference conference, int i) {
            return Person.of(number(conference, i));
        }

        private static String reference(FilledConference conference, int i) {
            return conference.reference(number(conference, i));
        }

        private String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    @ParameterizedTest
    @MethodSource("org.openingminute.local.desk.DeskSystem#sizes")
    void searches_and_the_overview_are_quick(int registrations) {
        FilledConference conference = FilledConference.of(running, registrations);
        SoftAssertions all = new SoftAssertions();

        List<Duration> searches = searches(conference);
        all.assertThat(percentile(searches, 95))
                .as("search, p95")
                .isLessThan(registrations > MANY ? SEARCH_OF_MANY : SEARCH);

        for (boolean part : List.of(false, true)) {
            List<Duration> overviews = overviews(conference, part);
            all.assertThat(percentile(overviews, 50)).as("overview, median").isLessThan(OVERVIEW);
        }
        all.assertAll();
    }

    private List<Duration> searches(FilledConference conference) {
        for (int i = 0; i < ROUNDS; i++) {
            search(conference, Search.values()[i % Search.values().length], i, i % 2 == 0);
        }
        Map<String, Double> before = cpu.seconds();
        Map<Search, List<Duration>> took = new EnumMap<>(Search.class);
        for (int i = 0; i < ROUNDS; i++) {
            for (Search search : Search.values()) {
                for (boolean json : List.of(true, false)) {
                    took.computeIfAbsent(search, _ -> new ArrayList<>()).add(search(conference, search, i, json));
                }
            }
        }
        StringJoiner kinds = new StringJoiner(", ");
        took.forEach((search, each) -> {
            Collections.sort(each);
            kinds.add("%s %d".formatted(search.words(), percentile(each, 95).toMillis()));
        });
        List<Duration> all = sorted(took.values().stream().flatMap(List::stream));
        System.out.printf(
                "search: %,d registrations, %d searches through the gateway: p50 %d ms, p95 %d ms, slowest %d ms; p95 of %s; %s%n",
                conference.registrations(),
                all.size(),
                percentile(all, 50).toMillis(),
                percentile(all, 95).toMillis(),
                all.getLast().toMillis(),
                kinds,
                processorTime(before, all.size()));
        return all;
    }

    private Duration search(FilledConference conference, Search search, int number, boolean json) {
        String text = search.text.of(conference, number);
        String path = (json ? "/api/admin/conferences/" : "/desk/") + conference.slug() + "/registrations?q="
                + URLEncoder.encode(text, StandardCharsets.UTF_8);
        long begun = System.nanoTime();
        Answer answer = get(path, json ? Map.of() : PART);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        int rows = json
                ? answer.json().at("/items").size()
                : StringUtils.countOccurrencesOf(answer.text(), "/desk/" + conference.slug() + "/registrations/0");
        assertThat(rows).as(text).isBetween(1, PAGE);
        return took;
    }

    private List<Duration> overviews(FilledConference conference, boolean part) {
        IntFunction<Duration> overview = i -> {
            long begun = System.nanoTime();
            Answer answer =
                    get("/desk/" + conference.slug() + "?step=" + STEPS.get(i % STEPS.size()), part ? PART : Map.of());
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            assertThat(answer.text()).contains("class=\"chart\"");
            return took;
        };
        WarmUp.rates(
                () -> {
                    long begun = System.nanoTime();
                    IntStream.range(0, OVERVIEWS).forEach(overview::apply);
                    return OVERVIEWS * 1e9 / (System.nanoTime() - begun);
                },
                WARM);
        Map<String, Double> before = cpu.seconds();
        List<Duration> all = sorted(IntStream.range(0, OVERVIEWS).mapToObj(overview));
        System.out.printf(
                "overview: %,d registrations, %d times the %s through the gateway: median %.1f ms, p95 %.1f ms, slowest %.1f ms; %s%n",
                conference.registrations(),
                all.size(),
                part ? "part that loads itself" : "page",
                percentile(all, 50).toNanos() / 1e6,
                percentile(all, 95).toNanos() / 1e6,
                all.getLast().toNanos() / 1e6,
                processorTime(before, all.size()));
        return all;
    }

    /** The processor time per call, including the work of the idle system meanwhile. */
    private String processorTime(Map<String, Double> before, int calls) {
        return "processor time each: "
                + Cpu.between(before, cpu.seconds()).entrySet().stream()
                        .map(part -> "%s %.1f ms".formatted(part.getKey(), part.getValue() * 1000 / calls))
                        .collect(Collectors.joining(", "));
    }

    private Answer get(String path, Map<String, String> headers) {
        Map<String, String> all = new HashMap<>(staff);
        all.putAll(headers);
        return api.get(path, all).has(200);
    }

    private static List<Duration> sorted(Stream<Duration> durations) {
        return durations.sorted().toList();
    }

    private static Duration percentile(List<Duration> sorted, int percent) {
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }
}
