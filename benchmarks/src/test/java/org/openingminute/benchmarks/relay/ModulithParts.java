package org.openingminute.benchmarks.relay;

/** Names of Spring Modulith's parts, for services on the same class path that do not use it. */
public final class ModulithParts {

    /** The value of {@code spring.autoconfigure.exclude}. */
    public static final String AUTO_CONFIGURATIONS = """
            org.springframework.modulith.events.config.EventPublicationAutoConfiguration,\
            org.springframework.modulith.events.config.EventExternalizationAutoConfiguration,\
            org.springframework.modulith.events.kafka.KafkaEventExternalizerConfiguration,\
            org.springframework.modulith.events.kafka.KafkaJackson2Configuration,\
            org.springframework.modulith.events.kafka.KafkaJacksonConfiguration,\
            org.springframework.modulith.events.jdbc.JdbcEventPublicationAutoConfiguration,\
            org.springframework.modulith.events.jackson.JacksonEventSerializationConfiguration,\
            org.springframework.modulith.events.jackson2.Jackson2EventSerializationConfiguration""";

    private ModulithParts() {}
}
