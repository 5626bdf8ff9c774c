package org.openingminute.registration.ops;

import io.micrometer.core.instrument.MeterRegistry;
import org.openingminute.registration.admission.Admissions;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/**
 * The threads of the connector, and load shedding. Spring Boot's own choice, a virtual thread for each request, is replaced;
 * virtual threads stay the choice for all else.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication
class ConnectorConfiguration {

    @Bean
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> connector(
            Admissions admissions, MeterRegistry meters, JsonMapper mapper) {
        LoadSheddingValve.Seats seats = new LoadSheddingValve.Seats() {

            @Override
            public boolean shed() {
                return admissions.sheds();
            }

            @Override
            public boolean knows(String conference) {
                return admissions.knows(conference);
            }
        };
        return factory -> {
            ConnectorThreads threads = new ConnectorThreads();
            factory.addProtocolHandlerCustomizers(protocol -> protocol.setExecutor(threads));
            factory.addEngineValves(new LoadSheddingValve(threads, seats, meters, mapper));
        };
    }
}
