package org.openingminute.notification.ops;

import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.web.StaffPageErrors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Shows staff in their frame why a page was refused. */
@Configuration(proxyBeanMethods = false)
class DeskErrors {

    @Bean
    StaffPageErrors staffPageErrors(CallerResolver callers, DeskFrame frame) {
        return new StaffPageErrors(callers, frame::refusal);
    }
}
