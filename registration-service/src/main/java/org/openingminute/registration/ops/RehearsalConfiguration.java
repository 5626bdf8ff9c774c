package org.openingminute.registration.ops;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.admission.BusinessClock;
import org.openingminute.registration.admission.ConferenceCache;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.sale.DefinitionReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sets up a new rehearsal: MLSys 2026 as its conference, and a business time at which it is on sale. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "registration.mode", havingValue = "rehearsal")
class RehearsalConfiguration {

    private static final Logger log = LoggerFactory.getLogger(RehearsalConfiguration.class);
    private static final Instant START = Instant.parse("2026-02-02T17:00:00Z");
    private static final String FIRST_CONFERENCE = "mlsys-2026";

    @Bean
    RehearsalStart rehearsalStart(BusinessClock clock) {
        return new RehearsalStart(() -> clock.startAt(START));
    }

    @Bean
    ApplicationRunner firstConference(ConferenceCache conferences, Admissions admissions, JsonMapper mapper) {
        return arguments -> {
            if (conferences.slugs().isEmpty()) {
                JsonNode body = read(mapper);
                switch (DefinitionReader.read(body, FIRST_CONFERENCE)) {
                    case DefinitionReader.ReadDefinition.Ok(var definition) -> {
                        admissions.execute(new Command.Define(
                                admissions.key("define:" + FIRST_CONFERENCE, null),
                                RequestHash.of(body),
                                definition,
                                body,
                                null,
                                new Person("a new rehearsal", "")));
                        log.info("Created the rehearsal's conference {}", FIRST_CONFERENCE);
                    }
                    case DefinitionReader.ReadDefinition.Wrong wrong ->
                        throw new IllegalStateException("the first conference cannot be read: " + wrong);
                }
            }
        };
    }

    private static JsonNode read(JsonMapper mapper) throws IOException {
        try (InputStream file = new ClassPathResource("conferences/" + FIRST_CONFERENCE + ".json").getInputStream()) {
            return mapper.readTree(file);
        }
    }

    /** Starts the clock of a rehearsal before anything else starts, so that a rehearsal never works on a deployment's database. */
    static final class RehearsalStart implements SmartLifecycle {

        private final Runnable clock;
        private volatile boolean running;

        RehearsalStart(Runnable clock) {
            this.clock = clock;
        }

        @Override
        public int getPhase() {
            return Integer.MIN_VALUE;
        }

        @Override
        public void start() {
            clock.run();
            running = true;
        }

        @Override
        public void stop() {
            running = false;
        }

        @Override
        public boolean isRunning() {
            return running;
        }
    }
}
