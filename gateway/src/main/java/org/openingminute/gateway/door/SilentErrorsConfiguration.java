package org.openingminute.gateway.door;

import org.openingminute.gateway.problem.ProblemWriter;
import org.openingminute.kit.runtime.Ids;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.NettyPipeline;

/** Puts {@link SilentErrors} on every connection, behind what turns messages into bytes. */
@Configuration(proxyBeanMethods = false)
class SilentErrorsConfiguration {

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> noSilentErrors(
            ProblemWriter problems, SecurityHeaders securityHeaders, Ids ids) {
        return factory -> factory.addServerCustomizers(server ->
                server.doOnChannelInit((observer, channel, remote) -> channel.pipeline()
                        .addBefore(
                                NettyPipeline.HttpTrafficHandler,
                                SilentErrors.class.getSimpleName(),
                                new SilentErrors(problems, securityHeaders, ids))));
    }
}
