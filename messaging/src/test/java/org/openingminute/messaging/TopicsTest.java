package org.openingminute.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class TopicsTest {

    @Test
    void a_write_waits_for_as_many_copies_as_are_configured() {
        NewTopic topic = new Topics((short) 3, (short) 2).kept("things.v1");

        assertThat(topic.replicationFactor()).isEqualTo((short) 3);
        assertThat(topic.configs())
                .containsEntry("min.insync.replicas", "2")
                .containsEntry("cleanup.policy", "delete")
                .containsEntry("retention.ms", "604800000");
    }

    @Test
    void compacted_topics_have_no_time_limit() {
        assertThat(new Topics((short) 1, (short) 1).newest("things.v1").configs())
                .containsEntry("cleanup.policy", "compact")
                .doesNotContainKey("retention.ms");
    }

    @Test
    void topic_that_is_written_all_the_time_is_compacted_each_hour() {
        assertThat(new Topics((short) 1, (short) 1).latest("progress.v1").configs())
                .containsEntry("cleanup.policy", "compact")
                .containsEntry("segment.ms", "3600000")
                .doesNotContainKey("retention.ms");
    }

    @Test
    void more_copies_than_there_are_cannot_be_waited_for() {
        assertThatThrownBy(() -> new Topics((short) 1, (short) 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Topics((short) 1, (short) 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
