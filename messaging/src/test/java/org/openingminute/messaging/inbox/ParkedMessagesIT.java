package org.openingminute.messaging.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(
        classes = ParkedMessagesIT.AService.class,
        properties = {
            "spring.application.name=parking",
            "spring.datasource.url=${DATABASE_URL}",
            "spring.datasource.username=${DATABASE_USER}",
            "spring.datasource.password=${DATABASE_PASSWORD}",
            "spring.kafka.bootstrap-servers=${KAFKA_BOOTSTRAP_SERVERS}",
            "spring.flyway.locations=classpath:db/messaging"
        })
class ParkedMessagesIT {

    @Autowired
    private ParkedMessages parked;

    @DynamicPropertySource
    static void infrastructure(DynamicPropertyRegistry registry) {
        TestInfrastructure.register(registry, "parking");
    }

    @Test
    void a_record_is_parked_once_and_another_in_its_place_after_the_broker_lost_its_data_is_parked_too() {
        CannotBeApplied failure = new CannotBeApplied("it is poison");
        parked.park(at(7, "1", "the first"), failure);
        parked.park(at(7, "1", "the first"), failure);
        assertThat(parked.open()).isEqualTo(1);

        parked.park(at(7, "1", "another"), failure);
        assertThat(parked.open()).as("another body").isEqualTo(2);
        parked.park(at(7, "2", "the first"), failure);
        assertThat(parked.open()).as("another id").isEqualTo(3);
        parked.park(at(7, "1", null), failure);
        assertThat(parked.open()).as("no body").isEqualTo(4);
    }

    private static ConsumerRecord<String, byte[]> at(long offset, String id, @Nullable String body) {
        ConsumerRecord<String, byte[]> record = new ConsumerRecord<>(
                "lost-things.v1", 0, offset, "key", body == null ? null : body.getBytes(StandardCharsets.UTF_8));
        record.headers().add("ce_id", id.getBytes(StandardCharsets.UTF_8));
        return record;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class AService {

        @Bean
        NewTopic placeForPoison() {
            return TopicBuilder.name(ParkedMessages.deadLetterTopic("lost-things.v1", "parking"))
                    .partitions(1)
                    .replicas(1)
                    .build();
        }
    }
}
