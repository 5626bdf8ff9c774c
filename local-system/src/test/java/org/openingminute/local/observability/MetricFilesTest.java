package org.openingminute.local.observability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Proves that the alerts, their tests, their page, the dashboards and the table of metrics agree. */
class MetricFilesTest {

    @Test
    void names_are_found_in_a_query() {
        assertThat(MetricFiles.namesIn("""
                histogram_quantile(0.99, sum by (job, le) (rate(a_bucket{uri!="/x/{y}/w", z="1"}[$__rate_interval]))) > 2.5
                and on () min_over_time(b_seconds[1m]) == 1 or max(c) < 1e6
                """)).containsExactly("a_bucket", "b_seconds", "c");
    }

    @Test
    void every_alert_says_what_it_is_and_where_to_read_on() {
        SoftAssertions all = new SoftAssertions();
        for (Map<String, Object> alert : MetricFiles.alerts()) {
            String name = String.valueOf(alert.get("alert"));
            all.assertThat(map(alert, "labels").get("severity")).as(name).isIn("page", "warn");
            all.assertThat(map(alert, "annotations"))
                    .as(name)
                    .containsKeys("summary", "description")
                    .containsEntry("runbook_url", "docs/alerts.md#" + name.toLowerCase(Locale.ROOT));
        }
        all.assertAll();
    }

    @Test
    void every_alert_has_its_section_and_every_section_its_alert() {
        assertThat(MetricFiles.alertSections()).containsExactlyInAnyOrderElementsOf(names());
    }

    @Test
    void every_alert_is_shown_to_fire_and_not_to_fire() {
        List<String> tests = MetricFiles.alertTests().stream()
                .map(test -> String.valueOf(test.get("name")))
                .toList();
        for (String alert : names()) {
            assertThat(tests).anyMatch(test -> test.startsWith(alert + " fires"));
            assertThat(tests).anyMatch(test -> test.startsWith(alert + " does not fire"));
        }
    }

    @Test
    void every_panel_has_a_title_a_description_a_unit_and_queries_with_legends() {
        SoftAssertions all = new SoftAssertions();
        MetricFiles.dashboards().forEach((file, board) -> {
            all.assertThat(board.at("/uid").asString()).as(file).isEqualTo(file.replace(".json", ""));
            all.assertThat(board.at("/schemaVersion").asInt()).as(file).isPositive();
            all.assertThat(board.at("/panels").size()).as(file).isPositive();
            all.assertThat(board.at("/panels").findValuesAsString("id"))
                    .as(file)
                    .doesNotHaveDuplicates();
            for (JsonNode panel : board.at("/panels")) {
                String where = file + ": " + panel.at("/title").asString();
                for (String text : List.of("/title", "/description", "/fieldConfig/defaults/unit")) {
                    all.assertThat(panel.at(text).asString())
                            .as(where + " " + text)
                            .isNotBlank();
                }
                all.assertThat(panel.at("/targets").size()).as(where).isPositive();
                for (JsonNode target : panel.at("/targets")) {
                    all.assertThat(target.at("/expr").asString()).as(where).isNotBlank();
                    all.assertThat(target.at("/legendFormat").asString())
                            .as(where)
                            .isNotBlank();
                    all.assertThat(target.at("/datasource/uid").asString())
                            .as(where)
                            .isEqualTo("prometheus");
                }
            }
        });
        all.assertAll();
    }

    @Test
    void every_metric_of_ours_that_is_queried_is_in_the_table() {
        Set<String> listed = MetricFiles.listed();
        assertThat(MetricFiles.used().stream().filter(MetricFiles::isOurs).map(MetricFiles::metricOf))
                .isNotEmpty()
                .allMatch(listed::contains);
    }

    private static List<String> names() {
        return MetricFiles.alerts().stream()
                .map(alert -> String.valueOf(alert.get("alert")))
                .toList();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Map<String, Object> of, String key) {
        return (Map<String, Object>) of.getOrDefault(key, Map.of());
    }
}
