package org.openingminute.local.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/** Proves, on a running system with one paid registration and no faults, that every metric which alerts and dashboards use exists. */
@ExtendWith(SystemFixture.class)
class MetricsIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Pattern SERIES = Pattern.compile("^([a-zA-Z_:][a-zA-Z0-9_:]*)[{ ]", Pattern.MULTILINE);
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private final ApiClient api;
    private final SystemInside inside;
    private final HttpClient client = HttpClient.newHttpClient();

    MetricsIT(Running running) {
        api = running.api();
        inside = new SystemInside(running.system().settings());
    }

    @Test
    void every_metric_that_alerts_and_dashboards_query_is_there() {
        String email = ApiClient.newAddress("metrics");
        Registered paid = api.register("mlsys-2026", "academic", email);
        api.pay(paid);
        await().atMost(SOON).until(() -> !api.mailsTo(email).isEmpty());

        await().atMost(SOON).untilAsserted(() -> {
            Map<String, String> scrapes = scrapes();
            assertThat(namesIn(String.join("", scrapes.values()))).containsAll(MetricFiles.used());
            assertThat(scrapes.get("gateway"))
                    .contains("http_server_requests_seconds_bucket")
                    .contains("uri=\"registration\"");
            assertThat(scrapes.get("payment-service"))
                    .contains("messaging_consumer_lag{group=\"notification-service\",topic=\"registration.events.v1\"}")
                    .contains("messaging_parked_total{topic=\"payment.commands.v1\"} ");
            assertThat(scrapes.get("registration-service"))
                    .contains("registration_seats{conference=\"mlsys-2026\",limit=\"capacity\",state=\"left\"}");
        });
    }

    @Test
    void table_of_metrics_has_exactly_those_of_a_running_system() {
        Set<String> listed = MetricFiles.listed();
        await().atMost(SOON).untilAsserted(() -> {
            Set<String> exposed = new TreeSet<>();
            namesIn(String.join("", scrapes().values())).stream()
                    .filter(MetricFiles::isOurs)
                    .forEach(name -> exposed.add(MetricFiles.metricOf(name)));
            assertThat(exposed).isEqualTo(listed);
        });
    }

    @Test
    void no_label_names_a_person_or_a_registration() {
        api.register("mlsys-2026", "academic", ApiClient.newAddress("nameless"));

        scrapes().forEach((service, scrape) -> {
            assertThat(UUID.matcher(scrape).find()).as(service).isFalse();
            assertThat(scrape).as(service).doesNotContain("nameless");
        });
    }

    private static Set<String> namesIn(String scrape) {
        return SERIES.matcher(scrape)
                .results()
                .map((MatchResult series) -> series.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The scrapes, by service. */
    private Map<String, String> scrapes() {
        Map<String, String> scrapes = new TreeMap<>();
        inside.metricPorts().forEach((service, port) -> scrapes.put(service, scrape(port)));
        return scrapes;
    }

    private String scrape(int port) {
        try {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/prometheus"))
                            .timeout(SOON)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            return answer.body();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
