package org.openingminute.notification.projection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.operations.MessagingStatus.Broker;
import org.openingminute.messaging.operations.MessagingStatus.GroupLag;

/** Proves when the projections count as up to date, from a played broker status. */
class ProjectionLagTest {

    @Test
    void small_lag_is_up_to_date() {
        assertThat(reached(lag("registration.events.v1", 0, 0.0))).isTrue();
        assertThat(reached(lag("registration.events.v1", 7, 4.9))).isTrue();
    }

    @Test
    void backlog_in_a_topic_is_not_up_to_date() {
        assertThat(reached(lag("registration.events.v1", 1, 5.0))).isFalse();
        assertThat(reached(lag("registration.events.v1", 0, 0.0), lag("payment.events.v1", 3, 60.0)))
                .isFalse();
        assertThat(reached(lag("payment.events.v1", 3, null))).isFalse();
    }

    @Test
    void unconfirmed_lag_is_not_up_to_date() {
        assertThat(ProjectionLag.isCaughtUp(new Broker(false, false, List.of()), "notification-service"))
                .isFalse();
        assertThat(ProjectionLag.isCaughtUp(
                        new Broker(true, false, List.of(lag("payment.events.v1", 0, 0.0))), "notification-service"))
                .as("shortly after an outage of the brokers")
                .isFalse();
    }

    @Test
    void group_that_the_broker_does_not_report_is_not_up_to_date() {
        assertThat(reached(new GroupLag("notification-service", null, null, null)))
                .isFalse();
        assertThat(reached(new GroupLag("payment-service", null, null, null))).isTrue();
    }

    @Test
    void other_topics_and_groups_do_not_matter() {
        assertThat(reached(
                        lag("conference.definitions.v1", 9, 900.0),
                        new GroupLag("payment-service", "payment.events.v1", 9L, 900.0)))
                .isTrue();
    }

    private static GroupLag lag(String topic, long lag, @Nullable Double oldestSeconds) {
        return new GroupLag("notification-service", topic, lag, oldestSeconds);
    }

    private static boolean reached(GroupLag... lags) {
        return ProjectionLag.isCaughtUp(new Broker(true, true, List.of(lags)), "notification-service");
    }
}
